/** Two families: what a person can mend (UserError: message and hint, no stack) and everything else, which is a bug. */

/** Documented in `deploy --help`; nothing else exits with other numbers. */
export const exitCode = { ok: 0, failed: 1, usage: 2, refused: 3, bug: 4 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export interface UserErrorOptions {
  /** What to do next, as a sentence or a command. */
  hint?: string;
  code?: ExitCode;
  cause?: unknown;
}

/** Something a person can mend. The message says where and what was expected; the hint, what to do. */
export class UserError extends Error {
  override name = "UserError";
  readonly hint: string | undefined;
  readonly code: ExitCode;
  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.code = options.code ?? exitCode.failed;
  }
}

/** The host can't be reached, or stopped answering. The runner is of no use afterwards. */
export class HostUnreachable extends UserError {
  override name = "HostUnreachable";
}

/** A command took longer than it may; what it does on the host is not known. */
export class TimedOut extends UserError {
  override name = "TimedOut";
}

/** Someone else holds what we need, or a person said no. */
export class Refused extends UserError {
  override name = "Refused";
  constructor(message: string, hint?: string) {
    super(message, { hint, code: exitCode.refused });
  }
}

/** The person asked to stop, or the operation has to by itself; raised between two steps. */
export class Interrupted extends UserError {
  override name = "Interrupted";
  /** `why`: the reason of an aborted signal; a person gives none. */
  constructor(why?: unknown) {
    super(why instanceof UserError ? why.message : "stopped on request");
  }
}

/** The words of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
