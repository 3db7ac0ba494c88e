/**
 * What to run on a host, as data. Builders in this folder return these values and run nothing; quoting happens once, in
 * remote/shell.ts. A shell script is a constant text whose values come in as positional arguments, never spliced in.
 */

export type Command =
  | readonly string[]
  /** One after the other, until one fails. */
  | { readonly all: readonly Command[] }
  /** One after the other, until one succeeds. */
  | { readonly any: readonly Command[] }
  | { readonly pipe: readonly Command[] }
  /** Runs the command and throws its output away. */
  | { readonly quiet: Command }
  /** Runs every one whatever the others did; the output says which part is whose and how it ended (see sections.ts). */
  | { readonly sections: readonly (readonly [name: string, command: Command])[] }
  /** As sections, but all at once (see together.ts): the slowest alone says how long it takes. */
  | { readonly together: readonly (readonly [name: string, command: Command])[] }
  /** One after the other until one fails, each announced before and told after, on both outputs (see stages.ts). */
  | { readonly stages: readonly Stage[]; readonly guard: Guard | null };

export interface Stage {
  readonly name: string;
  readonly command: Command;
  /** Sent to this stage's standard input, and to no other's. */
  readonly input?: string;
  /** Its failure does not keep the next ones from running. */
  readonly goOn?: boolean;
  /** What a dry run takes for its standard output. */
  readonly assume?: string;
}

/** Before each stage: goes on only while the lock directory is this operation's and nobody asked to stop. */
export interface Guard { readonly lock: string; readonly operation: string; /** Held while a stage may be running. */ readonly busy: string }

export const all = (...commands: Command[]): Command => ({ all: commands });
export const any = (...commands: Command[]): Command => ({ any: commands });
export const pipe = (...commands: Command[]): Command => ({ pipe: commands });
export const quiet = (command: Command): Command => ({ quiet: command });
export const sections = (...parts: (readonly [string, Command])[]): Command => ({ sections: parts });
export const together = (...parts: (readonly [string, Command])[]): Command => ({ together: parts });

/** As root; the `deploy` user has sudo without a password. `-n`: fail instead of asking. */
export const root = (command: readonly string[]): string[] => ["sudo", "-n", ...command];

/** A constant shell script; its values are `$1`, `$2`, … */
export const script = (name: string, text: string, ...values: (string | number)[]): string[] =>
  ["sh", "-c", text.trim(), name, ...values.map(String)];
