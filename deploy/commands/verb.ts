/** A verb as data: what it is called, what it takes, what it does. cli.ts turns these into yargs commands. */
import type { Options, PositionalOptions } from "yargs";
import type { Context } from "../context.ts";

export interface Verb {
  /** yargs' form: `update <host> [release]`. */
  command: string;
  summary: string;
  positionals?: Record<string, PositionalOptions>;
  options?: Record<string, Options>;
  examples?: readonly (readonly [command: string, what: string])[];
  /** Loads the handler only when it is wanted, so that `--help` is quick. */
  load(): Promise<Handler>;
}

export type Arguments = Record<string, unknown> & { json: boolean };
/** Resolves with the exit code. */
export type Handler = (context: Context, args: Arguments) => Promise<number>;

export const dryRun = { "dry-run": { type: "boolean", default: false, describe: "Show the plan and the commands of each host; change nothing" } } as const;
export const yes = { yes: { alias: "y", type: "boolean", default: false, describe: "Go on without asking" } } as const;
export const wait = { wait: { type: "number", default: 0, describe: "Seconds to wait for a lock that somebody at work holds; a dead owner's is always waited for" } } as const;
export const now = { now: { type: "boolean", default: false, describe: "Don't wait for maintenance windows" } } as const;
export const choice = {
  except: { type: "string", array: true, describe: "Leave these hosts out" },
  only: { type: "string", array: true, describe: "Only these hosts" },
  "on-failure": { choices: ["halt", "continue", "revert"], describe: "Instead of rollout.onFailure in hosting.yaml" },
} as const;
export const withoutProof = { "without-proof": { type: "string", describe: "Go on although backups were not proved lately; says why, for the journal" } } as const;
export const host = { host: { type: "string", demandOption: true, describe: "Name of a host: shared, or a dedicated customer's slug" } } as const;
export const release = { release: { type: "string", describe: "Version, for example v42; the newest that was built when left out" } } as const;
