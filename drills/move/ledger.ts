/** A customer who writes without pause and remembers what was acknowledged, and readers beside. */
import { ask, type Line } from "../traffic/ask.ts";
import { steadily } from "../traffic/steadily.ts";
import { openRoad, type Target } from "../traffic/road.ts";
import { type Span, type Summary, Tally } from "../traffic/tally.ts";

export interface Ledger {
  /** Ids of tickets that the app said it has. */
  readonly acknowledged: ReadonlySet<string>;
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
}

export function openLedger({ target, environment, tokens, writes, reads }: LedgerOptions): Ledger {
  const road = openRoad(environment, tokens);
  const tally = new Tally();
  const closing = new AbortController();
  const line: Line = { road, tally, signal: closing.signal };
  const acknowledged = new Set<string>();
  const write = async (turn: number): Promise<void> => {
    const said = await ask(line, target, { method: "POST", path: "/api/tickets", headers: { "content-type": "application/json" }, body: JSON.stringify({ subject: `entry ${turn}` }) });
    if (said !== undefined) acknowledged.add(String((JSON.parse(said) as { id: string }).id));
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
