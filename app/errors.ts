/** A request the app declines for a reason the caller can act on; becomes an answer with this status. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;
  readonly details: unknown;

  /** `code` is for programs (snake_case, stable), `message` a sentence for people. */
  constructor(status: number, code: string, message: string, extra: { headers?: Record<string, string>; details?: unknown } = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.headers = extra.headers ?? {};
    this.details = extra.details;
  }
}

/** A fault of configuration or input that the operator can mend: printed without a stack. */
export class OperatorError extends Error {
  override name = "OperatorError";
}

/** What went wrong, in one line, also for errors without a message (an AggregateError of failed connections has none). */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error instanceof Error) return error.message || (error as NodeJS.ErrnoException).code || error.name;
  return String(error);
}
