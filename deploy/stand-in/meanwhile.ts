/** Does something to a host's proxy while a stand-in serves, so that no customer notices. */
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { Refused, UserError } from "../errors.ts";
import { describeOwner, EXPIRY_SECONDS, HELD, type LockAnswer, parseLockAnswer, releaseLock, takeLock } from "../host/lock.ts";
import { beginStandIn, endStandIn, standInTimeout, THERE } from "../host/stand-in.ts";
import { CommandFailed, mustRun, type Runner } from "../remote/runner.ts";
import { startHeartbeat } from "../rollout/heartbeat.ts";
import { waitForLock } from "../rollout/wait-for-lock.ts";

export interface Meanwhile {
  host: Host;
  operation: string;
  /** Seconds to wait for somebody else's lock. */
  wait: number;
  /** Seconds. Throws when the person asked to stop. */
  pause(seconds: number): Promise<void>;
  /** What is done meanwhile; resolves with its exit code. Absent: only ends a stand-in that was left. */
  act?: () => Promise<number>;
}

/** Resolves with the exit code of what was done. The host's lock is held throughout: a release that came meanwhile would not reach the stand-in. */
export async function withStandIn(context: Context, { act, ...meanwhile }: Meanwhile): Promise<number> {
  const { report, now } = context;
  const { host, operation } = meanwhile;
  const runner = await context.connect(host.name);
  const patience = context.fleet.platform.rollout.drainSeconds;
  const options = { timeout: standInTimeout(patience) };
  await lockHost(context, runner, meanwhile);
  const heartbeat = startHeartbeat({ runner, operation, now });
  const note = (message: string): void => report.event({ type: "note", host: host.name, message });
  try {
    if (!act) {
      await mustRun(runner, "ending the stand-in", endStandIn(patience), options);
      note("the proxy serves by itself");
      return 0;
    }
    await begin(runner, host.name, patience, options);
    note("a stand-in serves; the proxy may be replaced");
    const code = await act().finally(() => handBack(runner, host.name, patience, options));
    note(code === 0 ? "the proxy serves again" : `the proxy serves again; the command ended with ${code}`);
    return code;
  } finally {
    heartbeat.stop();
    await mustRun(runner, "giving back the lock", releaseLock(operation)).catch((error: unknown) => note(`the lock stays until it expires: ${String(error)}`));
  }
}

async function begin(runner: Runner, host: string, patience: number, options: { timeout: number }): Promise<void> {
  const command = beginStandIn(patience);
  const result = await runner.run(command, options);
  if (result.code === THERE) throw new UserError(`a stand-in serves ${host} already`, { hint: `once the proxy is back, this ends it: deploy stand-in ${host}` });
  if (result.code !== 0) throw new CommandFailed(host, "starting a stand-in for the proxy", command, result);
}

async function handBack(runner: Runner, host: string, patience: number, options: { timeout: number }): Promise<void> {
  const command = endStandIn(patience);
  const result = await runner.run(command, options);
  if (result.code === 0) return;
  const { message } = new CommandFailed(host, "handing back to the proxy", command, result);
  throw new UserError(`${message}\nthe stand-in goes on serving`, { hint: `bring the proxy back (pulumi up -s ${host}), then: deploy stand-in ${host}` });
}

async function lockHost({ environment: { operator: by, machine }, now, report }: Context, runner: Runner, { host, operation, wait, pause }: Meanwhile): Promise<void> {
  const command = takeLock({ operation, by, machine, reason: "replacing the proxy", since: now().toISOString() });
  const ask = async (): Promise<LockAnswer> => {
    const result = await runner.run(command, { timeout: 300_000 });
    if (result.code !== 0 && result.code !== HELD) throw new CommandFailed(host.name, "taking the lock", command, result);
    return parseLockAnswer(result.stdout);
  };
  const answer = await waitForLock(ask, {
    wait, pause, expiry: EXPIRY_SECONDS,
    note: (owner, seconds) => report.event({ type: "waiting", host: host.name, for: `the lock of ${describeOwner(owner)}`, seconds }),
  });
  if (answer.outcome === "held") throw new Refused(`${host.name} is locked by ${describeOwner(answer.by)}`, "wait until that is done: --wait SECONDS");
}
