/**
 * Sends steady traffic to every customer at its public URL, as customers do: through DNS, TLS and the proxy.
 * Stops on SIGINT/SIGTERM or after --seconds, then prints one JSON line: what was sent, what failed (with samples) and
 * latencies in milliseconds.
 */
import yargs from "yargs";
import { targetsOf } from "../drills/traffic/road.ts";
import { tokensOf } from "../drills/traffic/tokens.ts";
import { type Kind, kinds, startTraffic } from "../drills/traffic/traffic.ts";

export type { Summary } from "../drills/traffic/tally.ts";

const options = await yargs(process.argv.slice(2))
  .option("rate", { type: "number", default: 10, describe: "short requests a second, for each customer" })
  .option("kinds", { type: "string", default: "short", describe: `what is sent, with commas: ${kinds.join(", ")}` })
  .option("seconds", { type: "number", default: 600, describe: "stop by itself after this time" })
  .option("only", { type: "string", describe: "send to this customer alone" })
  .option("first", { type: "boolean", default: false, describe: "stop at the first good answer" })
  .check(({ kinds: given }) => given.split(",").every((kind) => (kinds as readonly string[]).includes(kind)) || `--kinds knows ${kinds.join(", ")}`)
  .strict()
  .parse();

const stopping = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.resolve());
setTimeout(() => stopping.resolve(), options.seconds * 1000);

const targets = targetsOf(process.cwd(), options.only);
const sent = options.kinds.split(",") as Kind[];
// Short requests go to pages that are open to all.
const tokens = sent.some((kind) => kind !== "short") ? await tokensOf(process.cwd(), {}, targets) : undefined;
const traffic = startTraffic({ targets, environment: process.env, tokens, rate: options.rate, kinds: sent });
if (options.first) setInterval(() => { if (traffic.good > 0) stopping.resolve(); }, 10);
await stopping.promise;
const summary = await traffic.stop();
console.log(JSON.stringify(summary));
process.exit(summary.failed > 0 && !options.first ? 1 : 0);
