/**
 * Sends steady traffic to every customer at its public URL, as customers do: through DNS, TLS and the proxy.
 * An open loop: each request leaves on schedule, whatever the answers do. Stops on SIGINT/SIGTERM or after --seconds,
 * then prints one JSON line: what was sent, what failed (with samples) and latencies in milliseconds.
 */
import { Agent, request } from "node:https";
import { Resolver } from "node:dns/promises";
import yargs from "yargs";
import { readModel } from "../model/read.ts";

export interface Summary {
  sent: number;
  ok: number;
  failed: number;
  failures: string[];
  releases: Record<string, number>;
  milliseconds: { p50: number; p99: number; max: number };
}

const options = await yargs(process.argv.slice(2))
  .option("rate", { type: "number", default: 10, describe: "requests a second, for each customer" })
  .option("seconds", { type: "number", default: 600, describe: "stop by itself after this time" })
  .option("only", { type: "string", describe: "send to this customer alone" })
  .option("first", { type: "boolean", default: false, describe: "stop at the first good answer" })
  .strict()
  .parse();

const { fleet } = readModel(process.cwd());
const targets = fleet.hosts.filter((host) => host.phase === "live").flatMap((host) => host.customers)
  .filter(({ slug, status }) => status === "active" && (options.only === undefined || slug === options.only))
  .map(({ slug, hostnames }) => ({ slug, hostname: hostnames[0]! }));

const resolver = new Resolver();
if (process.env.ETAGE_RESOLVER) resolver.setServers([process.env.ETAGE_RESOLVER]);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

type Lookup = (error: Error | null, address: unknown, family?: number) => void;
function lookup(hostname: string, wants: { all?: boolean }, done: Lookup) {
  resolver.resolve4(hostname).then(
    (found) => (wants.all ? done(null, found.map((address) => ({ address, family: 4 }))) : done(null, found[0], 4)),
    (error: Error) => done(error, ""),
  );
}

const latencies: number[] = [];
const failures = new Map<string, number>();
const releases: Record<string, number> = {};
let sent = 0;
let open = 0;
let stopping = false;

function fail(why: string) {
  failures.set(why, (failures.get(why) ?? 0) + 1);
}

/** One request; a network error, a status of 500 or more, another tenant or no release header is a failure. */
function ask({ slug, hostname }: { slug: string; hostname: string }, path: string): Promise<void> {
  sent += 1;
  open += 1;
  const started = performance.now();
  return new Promise<void>((resolve) => {
    const call = request({ hostname, path, agent, lookup: lookup as never, timeout: 30_000 }, (answer) => {
      answer.resume();
      answer.on("error", (error) => { fail(`${slug} ${path}: ${error.message}`); resolve(); });
      answer.on("end", () => {
        latencies.push(performance.now() - started);
        const release = String(answer.headers["x-release"] ?? "none");
        releases[release] = (releases[release] ?? 0) + 1;
        if ((answer.statusCode ?? 0) >= 400) fail(`${slug} ${path}: status ${answer.statusCode}`);
        else if (answer.headers["x-tenant"] !== slug) fail(`${slug} ${path}: answered as tenant ${answer.headers["x-tenant"]}`);
        else if (options.first) stopping = true;
        resolve();
      });
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 30 s")));
    call.on("error", (error) => { fail(`${slug} ${path}: ${error.message}`); resolve(); });
    call.end();
  }).finally(() => { open -= 1; });
}

const percentile = (sorted: number[], share: number) => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => { stopping = true; });

const begin = performance.now();
const interval = 1000 / (options.rate * targets.length);
for (let turn = 0; !stopping && performance.now() - begin < options.seconds * 1000; turn += 1) {
  const due = begin + turn * interval;
  const wait = due - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  void ask(targets[turn % targets.length]!, turn % 2 === 0 ? "/" : "/version");
}
for (let patience = 0; open > 0 && patience < 300; patience += 1) await new Promise((resolve) => setTimeout(resolve, 100));

latencies.sort((a, b) => a - b);
const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
const summary: Summary = {
  sent,
  ok: sent - failed,
  failed,
  failures: [...failures].slice(0, 10).map(([why, count]) => `${count} × ${why}`),
  releases,
  milliseconds: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), max: percentile(latencies, 1) },
};
console.log(JSON.stringify(summary));
process.exit(failed > 0 && !options.first ? 1 : 0);
