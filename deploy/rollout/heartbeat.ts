/** Signs of life while an operation works: of the operation in the journal, and of each host's lock. */
import { beatLock, EXPIRY_SECONDS, HEARTBEAT_SECONDS, LOCK_LOST } from "../host/lock.ts";
import type { Journal } from "../journal/journal.ts";
import type { Runner } from "../remote/runner.ts";
import type { Job } from "./job.ts";

export interface Pulse {
  stop(): void;
  /** Somebody else has the lock: this operation was given up for dead and must not go on. */
  readonly lost: boolean;
  /**
   * Whether the lock is ours for certain. Asks when the last sign of life that arrived is so old that somebody may have
   * taken it over meanwhile (a laptop that slept); throws when that can't be found out.
   */
  sure(): Promise<boolean>;
}

/** `beat` resolves with false when the lock is lost. One that throws says nothing: the next one is five seconds away. */
export function startPulse(beat: () => Promise<boolean>, now: () => Date, onLost: () => void = () => {}): Pulse {
  let lost = false;
  let confirmed = now().getTime();
  let inFlight: Promise<boolean> | undefined;

  /** One at a time: a slow host is not given a queue of them. */
  const once = (): Promise<boolean> => inFlight ??= (async () => {
    const sent = now().getTime();
    const ours = await beat();
    if (ours) confirmed = sent;
    else {
      lost = true;
      onLost();
    }
    return ours;
  })().finally(() => { inFlight = undefined; });

  const timer = setInterval(() => { if (!lost) once().catch(() => {}); }, HEARTBEAT_SECONDS * 1000);
  timer.unref();
  return {
    stop: () => clearInterval(timer),
    get lost() { return lost; },
    async sure() {
      if (!lost && now().getTime() - confirmed >= EXPIRY_SECONDS * 1000) await once();
      return !lost;
    },
  };
}

/** A sign of life on a host. Resolves with whether its lock is still this operation's; throws when the host does not say. */
export async function beatHost(runner: Runner, operation: string): Promise<boolean> {
  const { code } = await runner.run(beatLock(operation), { timeout: HEARTBEAT_SECONDS * 1000 });
  if (code !== 0 && code !== LOCK_LOST) throw new Error(`the heartbeat ended with ${code}`);
  return code === 0;
}

/** Of a host's lock, by the job's connection, also after that was made anew. */
export const startHeartbeat = (job: Pick<Job, "runner" | "operation" | "now">): Pulse => startPulse(() => beatHost(job.runner, job.operation), job.now);

/** Of the operation itself, and of the locks it has in the store; from its beginning to its end, whatever it waits for. */
export const startOperationPulse = (journal: Journal, operation: string, now: () => Date, onLost: () => void): Pulse =>
  startPulse(() => journal.beat(operation, now().toISOString()), now, onLost);
