/** One verb about backups at work on one host or all: noted in the journal host by host, told as it goes, summed up at the end. */
import pLimit from "p-limit";
import type { Backup } from "../../model/schema.ts";
import type { Context } from "../context.ts";
import { exitCode, Interrupted, messageOf, Refused, UserError } from "../errors.ts";
import { openOperation, operationId } from "../rollout/operation.ts";
import { seconds } from "../report/units.ts";

/** Several hosts restore and send at once; the store and the operator's line are shared. */
const AT_ONCE = 8;

export interface Done { host: string; ok: boolean; seconds: number; detail: string; hint?: string }

export interface OnHosts {
  /** As typed: `backup install`. */
  verb: string;
  hosts: readonly string[];
  /** Name of the step in the journal. */
  step: string;
  wait?: number;
  /** Resolves with what it came to, in words. Throws UserError when it failed there; the other hosts go on. */
  work(host: string, operation: { id: string; signal: AbortSignal }): Promise<string>;
}

/** hosting.yaml's, or a fault that says what is missing. */
export function backupOf({ fleet: { platform } }: Pick<Context, "fleet">): Backup {
  if (platform.backup) return platform.backup;
  throw new UserError("hosting.yaml has no `backup`", { hint: "docs/backups.md says what to write there; until then there are only the dumps before updates, on the hosts themselves", code: exitCode.usage });
}

/** The named host, or all that serve customers. */
export async function backupHosts(context: Context, name: string | undefined): Promise<string[]> {
  backupOf(context);
  return name === undefined ? context.fleet.hosts.filter(({ phase }) => phase === "live").map((host) => host.name) : [context.host(name).name];
}

export async function onHosts(context: Context, { verb, hosts, step, wait = 0, work }: OnHosts): Promise<Done[]> {
  const { report, now } = context;
  const operation = await openOperation(context, context.journal, { id: operationId(context), verb, subject: hosts.length === 1 ? hosts[0]! : "all hosts", plan: JSON.stringify({ hosts }), wait });
  const { journal } = operation;
  const limit = pLimit(AT_ONCE);
  const one = async (host: string): Promise<Done> => {
    const began = now();
    const id = await journal.stepStarted({ operation: operation.id, host, step, startedAt: began.toISOString() });
    const done = await attempt(host, began);
    await journal.stepEnded(id, now().toISOString(), done.ok ? "ok" : "failed", done.detail);
    report.text(`${done.ok ? "✓" : "✗"} ${host}  ${done.detail}  ${seconds(done.seconds)}${done.hint ? `\n    ${done.hint}` : ""}`);
    return done;
  };
  const attempt = async (host: string, began: Date): Promise<Done> => {
    const taken = (): number => (now().getTime() - began.getTime()) / 1000;
    try {
      if (operation.signal.aborted) throw new Interrupted(operation.signal.reason);
      return { host, ok: true, detail: await work(host, operation), seconds: taken() };
    } catch (error) {
      if (!(error instanceof UserError) || (hosts.length === 1 && error instanceof Refused)) throw error;
      return { host, ok: false, detail: error.message, seconds: taken(), ...(error.hint ? { hint: error.hint } : {}) };
    }
  };
  try {
    const done = await Promise.all(hosts.map((host) => limit(() => one(host))));
    const failed = done.filter(({ ok }) => !ok);
    await operation.end(failed.length === 0 ? "ok" : operation.signal.aborted ? "stopped" : "failed", outcomeWords(done));
    report.data({ operation: operation.id, verb, hosts: done });
    return done;
  } catch (error) {
    await operation.end(error instanceof Refused ? "refused" : "failed", messageOf(error));
    throw error;
  }
}

/** For the journal: what came of it, the failures first. */
const outcomeWords = (done: readonly Done[]): string => done.toSorted((a, b) => Number(a.ok) - Number(b.ok))
  .map(({ host, ok, detail }) => `${host}: ${ok ? "" : "failed: "}${detail.split("\n")[0]!}`).join("\n");

export const exitOfHosts = (done: readonly Done[]): number => done.every(({ ok }) => ok) ? exitCode.ok : exitCode.failed;
