/** All customers at work, from start to stop. */
import { openRoad, type Target } from "./road.ts";
import { short, slow, streams, upload } from "./kinds.ts";
import { type Span, type Summary, Tally } from "./tally.ts";

export const kinds = ["short", "slow", "upload", "streams"] as const;
export type Kind = (typeof kinds)[number];

export interface TrafficOptions {
  targets: readonly Target[];
  environment: NodeJS.ProcessEnv;
  /** By hostname (tokensOf); without one, only short requests are let in. */
  tokens?: ReadonlyMap<string, string>;
  /** Short requests a second, for each customer. */
  rate: number;
  /** Default: short ones only. */
  kinds?: readonly Kind[];
  /** How long a slow request and an upload take. */
  seconds?: number;
}

export interface Traffic {
  /** Good answers so far. */
  readonly good: number;
  /** As Tally.span. */
  span(from: number, until: number): Span;
  /** Sends nothing new, waits for what is on its way. */
  stop(): Promise<Summary>;
}

const megabytes = 20;

export function startTraffic({ targets, environment, tokens, rate, kinds: wanted = ["short"], seconds = 20 }: TrafficOptions): Traffic {
  const road = openRoad(environment, tokens);
  const tally = new Tally();
  const closing = new AbortController();
  const line = { road, tally, signal: closing.signal };
  const loops: Record<Kind, () => Promise<unknown>> = {
    short: () => short(line, targets, rate),
    slow: () => Promise.all(targets.map((target) => slow(line, target, seconds))),
    upload: () => Promise.all(targets.map((target) => upload(line, target, megabytes, seconds))),
    streams: () => Promise.all(targets.map((target) => streams(line, target))),
  };
  const running = wanted.map((kind) => loops[kind]());
  return {
    get good() { return tally.good; },
    span: (from, until) => tally.span(from, until),
    async stop() {
      closing.abort();
      await Promise.all(running);
      await road.destroy();
      return tally.summary();
    },
  };
}

/** Traffic while `action` runs; it begins when the first customers were answered. */
export async function during(options: TrafficOptions, action: () => Promise<unknown>): Promise<Summary> {
  const traffic = startTraffic(options);
  try {
    for (let patience = 0; patience < 100 && traffic.good < options.targets.length; patience += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    await action();
  } catch (error) {
    await traffic.stop();
    throw error;
  }
  return traffic.stop();
}
