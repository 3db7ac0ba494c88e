/** Asks the customer's own URL all through a move, as the customer does: by name server, TLS and whatever stands before the host. */
import type { Answer } from "../host/gate.ts";
import { ask } from "../public.ts";
import type { ProbeResult } from "../report/move-event.ts";

export interface Probe {
  /** From here on requests may be held: what came before is what the customer is used to. */
  mark(): void;
  /** Sends nothing more, waits for what is on its way. */
  stop(): Promise<ProbeResult>;
}

export interface ProbeOptions {
  hostname: string;
  tenant: string;
  path: string;
  resolver: string | undefined;
  /** Milliseconds between two requests; each leaves on time, whatever the others do. */
  every?: number;
  now?: () => number;
}

/** Answers that are waited for at once: a name that is dead for long must not pile up requests. */
const MOST = 32;

export interface Sample { at: number; milliseconds: number; fault: string | null }

export function startProbe({ hostname, tenant, path, resolver, every = 250, now = () => performance.now() }: ProbeOptions): Probe {
  const samples: Sample[] = [];
  const open = new Set<Promise<void>>();
  let marked: number | undefined;
  const send = (): void => {
    if (open.size >= MOST) return;
    const began = now();
    const sent = ask(hostname, path, resolver)
      .then((answer) => { samples.push({ at: began, milliseconds: now() - began, fault: faultIn(answer, tenant) }); })
      .finally(() => open.delete(sent));
    open.add(sent);
  };
  send();
  const timer = setInterval(send, every);
  return {
    mark: () => { marked = now(); },
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      return judge(samples, marked ?? Infinity);
    },
  };
}

/** Answers below 500 with the right tenant are good: what the page itself says is the app's matter. */
export function faultIn({ status, tenant: said, error }: Pick<Answer, "status" | "tenant" | "error">, tenant: string): string | null {
  if (status === 0) return `no answer: ${error ?? "nobody there"}`;
  if (status >= 500 || status === 404) return `status ${status}`;
  return said !== null && said !== tenant ? `answered as tenant ${said}` : null;
}

/** `marked`: the time from which on requests may have been held. */
export function judge(samples: readonly Sample[], marked: number): ProbeResult {
  const good = samples.filter(({ fault }) => fault === null);
  const usual = good.filter(({ at }) => at < marked).map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const ends = good.map(({ at, milliseconds }) => at + milliseconds).sort((a, b) => a - b);
  const gaps = ends.slice(1).map((end, at) => end - ends[at]!);
  const faults = Map.groupBy(samples.flatMap(({ fault }) => fault ?? []), (fault) => fault);
  return {
    requests: samples.length, failed: samples.length - good.length,
    longestMilliseconds: tenth(Math.max(0, ...good.map(({ milliseconds }) => milliseconds))),
    gapMilliseconds: tenth(Math.max(0, ...gaps)),
    usualMilliseconds: tenth(usual[Math.min(usual.length - 1, Math.floor(usual.length * 0.99))] ?? 0),
    failures: [...faults].sort(([, a], [, b]) => b.length - a.length).slice(0, 10).map(([fault, all]) => `${all.length} × ${fault}`),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
