/** What is answered to whom. */
import { type Answer } from "../ask.ts";
import { type Clause, excerpt, json, must } from "../clause.ts";
import { asleep, one, ownName, type Site, two, within } from "../site.ts";

const nobody = "nobody-of-that-name";
const isRelease = (answer: Answer): boolean => answer.headers["x-release"] === "check";

export const paths: readonly Clause[] = [
  {
    name: "health", needs: ["tenants"],
    async check(site) {
      const served = await site.main();
      const { ready, live, version } = site.app.health;
      for (const host of [site.domain, one, asleep, nobody, "127.0.0.1"]) {
        for (const path of [ready, live, version]) {
          const { status } = await served.ask(host, path);
          must(status === 200, `expected ${path} to answer 200 whatever the host name, got ${status} for ${host}`);
        }
        const told = json<{ release: unknown; tenant: unknown }>(version, (await served.ask(host, version)).text);
        const tenant = [one, asleep].find((slug) => slug === host) ?? null;
        must(told.release === "check" && told.tenant === tenant, `expected ${version} for ${host} to tell {"release": "check", "tenant": ${JSON.stringify(tenant)}}, got ${JSON.stringify(told)}`);
      }
      const { milliseconds } = json<{ milliseconds?: { database?: unknown } }>(ready, (await served.ask(one, ready)).text);
      must(typeof milliseconds?.database === "number", `expected ${ready} to tell {"milliseconds": {"database": …}}`);
      return `ready, live, version; database ${milliseconds.database} ms`;
    },
  },
  {
    name: "dependencies", needs: ["health"],
    async check(site) {
      const served = await site.main();
      const { ready, live } = site.app.health;
      for (const service of ["postgres", "redis"]) {
        const name = `${site.name}-${service}`;
        const status = async (path: string): Promise<number> => (await served.ask(site.domain, path)).status;
        await site.run(["docker", "pause", name]);
        try {
          must(await within(8, async () => await status(ready) === 503), `expected ${ready} to turn 503 while ${service} does not answer`);
          must(await status(live) === 200, `expected ${live} to stay 200 while ${service} does not answer`);
        } finally {
          await site.run(["docker", "unpause", name]);
        }
        must(await within(30, async () => await status(ready) === 200), `expected ${ready} to be 200 again when ${service} answers`);
      }
      return "unready without database or Redis, and back by itself";
    },
  },
  {
    name: "tenant", needs: ["health"],
    async check(site) {
      const served = await site.main();
      for (const [host, tenant] of [[one, one], [two, two], [ownName, one]] as const) {
        const answer = await served.ask(host, "/");
        must(answer.status === 200, `expected / to answer without a login at ${host}, got ${answer.status}`);
        must(isRelease(answer) && answer.headers["x-tenant"] === tenant, `expected x-release: check and x-tenant: ${tenant} at ${host}, got ${answer.headers["x-release"]} and ${answer.headers["x-tenant"]}`);
      }
      const unknown = await served.ask(nobody, "/");
      must(unknown.status === 404 && isRelease(unknown), `expected 404 with x-release for a host name that is nobody's, got ${unknown.status}`);
      const suspended = await served.ask(asleep, "/");
      must([402, 403].includes(suspended.status), `expected 403 (or 402) for a suspended tenant, got ${suspended.status}`);
      return `unknown 404, suspended ${suspended.status}`;
    },
  },
  {
    name: "access", needs: ["tenant"],
    async check(site) {
      const served = await site.main();
      const status = async (host: string, headers: Record<string, string> = {}): Promise<number> => {
        const answer = await served.open(host, "/events", { headers });
        answer.destroy();
        return answer.statusCode!;
      };
      for (const [who, host, headers] of [["nobody", one, {}], ["another tenant", one, await site.as(two)], ["an invented token", one, { authorization: "Bearer invented" }], ["a tenant at the platform's own address", site.domain, await site.as(one)]] as const) {
        const got = await status(host, headers);
        must([401, 403, 404].includes(got), `expected /events at ${host} to be closed to ${who}, got ${got}`);
      }
      const own = await status(one, await site.as(one));
      must(own === 200, `expected /events to answer the tenant's own token with 200, got ${own}`);
      await signIns(site);
      return "a token opens its own tenant and no other";
    },
  },
];

async function signIns(site: Site): Promise<void> {
  for (const words of [["admin", one, "ada@etage-one.example"], ["operator", "olga@platform.example"]]) {
    const made = json<{ password?: unknown }>(words[0]!, await site.fine(words));
    must(typeof made.password === "string" && made.password.length >= 12, `expected \`${words[0]}\` to print a password of its own making, got ${excerpt(JSON.stringify(Object.keys(made)))}`);
  }
  const list = JSON.stringify([{ slug: one, email: "bora@etage-one.example" }, { slug: "etage-nobody", email: "n@etage-nobody.example" }]);
  const several = (await site.fine(["admins"], list)).split("\n").filter((line) => line.startsWith("{")).map((line) => json<{ slug?: string; password?: unknown; fault?: unknown }>("admins", line));
  const [made, fault] = [several.find(({ slug }) => slug === one), several.find(({ slug }) => slug === "etage-nobody")];
  must(typeof made?.password === "string" && typeof fault?.fault === "string", `expected \`admins\` to print a line with a password for ${one} and one with a fault for a tenant that there is not, got ${excerpt(JSON.stringify(several.map((each) => Object.keys(each))))}`);
}
