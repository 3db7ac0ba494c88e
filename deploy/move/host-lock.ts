/** Holds a host for a move: nobody updates it meanwhile. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { Interrupted, messageOf, UserError } from "../errors.ts";
import { describeOwner, EXPIRY_SECONDS, HELD, type LockAnswer, parseLockAnswer, releaseLock, takeLock } from "../host/lock.ts";
import { CommandFailed } from "../remote/runner.ts";
import { age } from "../report/units.ts";
import { beatHost, startPulse } from "../rollout/heartbeat.ts";
import { LockHeld } from "../rollout/steps/lock.ts";
import { waitForLock } from "../rollout/wait-for-lock.ts";

export interface HeldHost {
  /** Gives the lock back; one that can't be given back expires by itself. */
  release(): Promise<void>;
}

export interface HoldOptions {
  operation: string;
  /** For whoever finds the lock: `move acme`. */
  reason: string;
  /** Seconds to wait for an owner that is alive. */
  wait: number;
  signal: AbortSignal;
  /** Somebody took the lock over, since this program showed no sign of life for too long. */
  lost(): void;
}

/** A fresh host's first boot is waited for. */
const TIMEOUT = 300_000;

/** @throws LockHeld when a living owner has it. */
export async function holdHost(context: Context, name: string, { operation, reason, wait, signal, lost }: HoldOptions): Promise<HeldHost> {
  const { environment: { operator: by, machine }, now, report } = context;
  const command = takeLock({ operation, by, machine, reason, since: now().toISOString() });
  const ask = async (): Promise<LockAnswer> => {
    const result = await (await context.connect(name)).run(command, { timeout: TIMEOUT });
    if (result.code !== 0 && result.code !== HELD) throw new CommandFailed(name, "taking the lock", command, result);
    return parseLockAnswer(result.stdout);
  };
  const answer = await waitForLock(ask, {
    wait, expiry: EXPIRY_SECONDS, pause: (seconds) => sleep(seconds * 1000, undefined, { signal }).catch(() => { throw new Interrupted(signal.reason); }),
    note: (owner, seconds) => report.event({ type: "waiting", host: name, for: `the lock of ${describeOwner(owner)}`, seconds }),
  });
  if (answer.outcome === "held") throw new LockHeld(name, answer);
  if (answer.outcome === "taken-over") report.event({ type: "note", host: name, message: `took over the lock of ${describeOwner(answer.from)}, silent for ${age(answer.silentSeconds)}` });
  const pulse = startPulse(async () => beatHost(await context.connect(name), operation), now, lost);
  return {
    async release() {
      pulse.stop();
      try {
        await (await context.connect(name)).run(releaseLock(operation), { timeout: 30_000 });
      } catch (error) {
        report.event({ type: "note", host: name, message: `the lock stays until it expires: ${messageOf(error)}` });
      }
    },
  };
}

export interface HeldHosts {
  /** Takes a host's lock; once is enough. @throws LockHeld when a living owner has it. */
  hold(host: string): Promise<void>;
  /** Gives all of them back. */
  letGo(): Promise<void>;
}

/** Locks of one operation. `lost`: with the reason, when somebody took one over. */
export function holdHosts(context: Context, { lost, ...options }: Omit<HoldOptions, "lost"> & { lost(reason: UserError): void }): HeldHosts {
  const held = new Map<string, HeldHost>();
  return {
    async hold(host) {
      if (held.has(host)) return;
      const gone = (): void => lost(new UserError(`${host}: the lock was taken over by somebody else, who thought this operation dead`));
      held.set(host, await holdHost(context, host, { ...options, lost: gone }));
    },
    async letGo() {
      await Promise.all([...held.values()].map((host) => host.release()));
      held.clear();
    },
  };
}
