/** A customer who writes without pause and remembers what was acknowledged, and readers beside. */
import { ask, type Line } from "../traffic/ask.ts";
import { steadily } from "../traffic/steadily.ts";
import { openRoad, type Target } from "../traffic/road.ts";
import { type Span, type Summary, Tally } from "../traffic/tally.ts";

export interface Ledger {
  /** Ids of tickets that the app said it has, and of jobs that it said it would do, and when it did; milliseconds since 1970. */
  readonly acknowledged: ReadonlyMap<string, number>;
  /** As Tally.span. */
  span(from: number, until: number): Span;
  stop(): Promise<Summary>;
}

export interface LedgerOptions {
  target: Target;
  environment: NodeJS.ProcessEnv;
  tokens: ReadonlyMap<string, string>;
  /** A second; each leaves on time, whatever the answers do. */
  writes: number;
  reads: number;
  /** Every so many writes are orders to the worker instead of tickets; absent: none. */
  jobEvery?: number;
}

export function openLedger({ target, environment, tokens, writes, reads, jobEvery }: LedgerOptions): Ledger {
  const road = openRoad(environment, tokens);
  const tally = new Tally();
  const closing = new AbortController();
  const line: Line = { road, tally, signal: closing.signal };
  const acknowledged = new Map<string, number>();
  const write = async (turn: number): Promise<void> => {
    const [path, body] = jobEvery !== undefined && turn % jobEvery === 0 ? ["/api/jobs", { kind: "usage" }] : ["/api/tickets", { subject: `entry ${turn}` }];
    const said = await ask(line, target, { method: "POST", path, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (said !== undefined) acknowledged.set(String((JSON.parse(said) as { id: string }).id), Date.now());
  };
  const read = async (): Promise<void> => void await ask(line, target, { path: "/api/tickets?limit=1" });
  const running = [steadily(writes, closing.signal, write), steadily(reads, closing.signal, read)];
  return {
    acknowledged,
    span: (from, until) => tally.span(from, until),
    async stop() {
      closing.abort();
      await Promise.all(running);
      await road.destroy();
      return tally.summary();
    },
  };
}
