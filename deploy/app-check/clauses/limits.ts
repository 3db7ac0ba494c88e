/** Limits, usage, and what is told to Prometheus and to the log. */
import { ask } from "../ask.ts";
import { type Clause, excerpt, json, must } from "../clause.ts";
import { narrow, narrowLimit, one, within } from "../site.ts";

const secret = "only-the-customer-knows";

export const limits: readonly Clause[] = [
  {
    name: "limits", needs: ["access"],
    async check(site) {
      const served = await site.main();
      const headers = await site.as(narrow);
      const call = () => served.ask(narrow, "/", { headers });
      // A minute of the clock may end meanwhile; then the count begins anew.
      let last = await call();
      must(last.headers.ratelimit && last.headers["ratelimit-policy"], "expected RateLimit and RateLimit-Policy on an answer to a known caller with a limit");
      let warned = false;
      for (let calls = 0; calls < 2 * narrowLimit && last.status !== 429; calls += 1) {
        last = await call();
        warned ||= last.headers["limit-warning"] !== undefined;
      }
      must(last.status === 429, `expected 429 beyond ${narrowLimit} requests a minute, got ${last.status}`);
      must(Number(last.headers["retry-after"]) > 0, "expected Retry-After with 429");
      must(warned, "expected limit-warning before the limit is reached");
      must((await served.ask(one, "/", { headers: await site.as(one) })).status === 200, "expected a limit to hold nobody else");
      return `429 with Retry-After beyond ${narrowLimit} a minute`;
    },
  },
  {
    name: "metrics", needs: ["tenant"],
    async check(site) {
      const served = await site.main();
      const port = await served.published(9394);
      const { status, headers, text } = await ask(port, "127.0.0.1", "/metrics");
      must(status === 200 && headers["content-type"]?.startsWith("text/plain"), `expected /metrics on METRICS_PORT as Prometheus reads it, got ${status} ${headers["content-type"] ?? ""}`);
      must(new RegExp(`^\\w+\\{[^}]*tenant="${one}"[^}]*\\} [0-9.e+]+`, "m").test(text), `expected numbers with the label tenant="${one}"`);
      const outside = await served.ask(one, "/metrics");
      must(outside.status !== 200, "expected /metrics not to be told to customers, on PORT");
      return `${text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length} series, with the tenant`;
    },
  },
  {
    name: "logs", needs: ["tenant"],
    async check(site) {
      const served = await site.main();
      const url = await site.run(["docker", "run", "--rm", "--user", "0", "--entrypoint", "cat", "--volume", `${site.name}-secrets:/secrets:ro`, site.options.postgres, "/secrets/database-url"]);
      await served.ask(one, `/?q=${secret}`, { headers: { authorization: `Bearer ${secret}`, cookie: `session=${secret}` } });
      const seen = await within(5, async () => (await served.output()).split("\n").some((line) => line.includes(`"${one}"`)));
      must(seen, `expected a line with "tenant": "${one}" for a request`);
      const lines = (await served.output()).trim().split("\n");
      const read = lines.map((line) => json<{ release?: string; tenant?: string; route?: string; status?: number }>("serve", line));
      must(read.every(({ release }) => release === "check"), `expected "release" in every line, got ${excerpt(lines.find((_line, at) => read[at]!.release !== "check") ?? "")}`);
      must(read.some(({ tenant, route, status }) => tenant === one && route !== undefined && status !== undefined), "expected tenant, route and status in the line of a request");
      const log = await served.log();
      must(!log.includes(secret), "expected neither queries nor what callers send in the log");
      must(!log.includes(new URL(url.stdout).password), "expected no secret in the log");
      return `${lines.length} lines of JSON, without content`;
    },
  },
];
