/** Cloudflare's envelope around every answer. https://developers.cloudflare.com/fundamentals/api/reference/ */

export interface ApiError {
  code: number;
  message: string;
  error_chain?: { code: number; message: string }[];
}

export interface PageInfo {
  page: number;
  per_page: number;
  count: number;
  total_count: number;
  total_pages: number;
}

/** Thrown by handlers; the server turns it into status and envelope. */
export class CloudflareError extends Error {
  readonly status: number;
  readonly errors: ApiError[];
  readonly headers: Record<string, string>;

  constructor(status: number, errors: ApiError[], headers: Record<string, string> = {}) {
    super(errors.map((error) => error.message).join("; "));
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** One error with its HTTP status. */
export function problem(status: number, code: number, message: string, chain?: ApiError["error_chain"]): CloudflareError {
  return new CloudflareError(status, [{ code, message, ...(chain ? { error_chain: chain } : {}) }]);
}

/** What Cloudflare says of a path it has no route, or no object, for. */
export function noRoute(path: string): CloudflareError {
  return new CloudflareError(404, [
    { code: 7003, message: `Could not route to ${path}, perhaps your object identifier is invalid?` },
    { code: 7000, message: "No route for that URI" },
  ]);
}

export function success(result: unknown, messages: { code: number; message: string; type: null }[] = []): object {
  return { result, success: true, errors: [], messages };
}

export function failure(errors: ApiError[]): object {
  return { result: null, success: false, errors, messages: [] };
}

/** One page of `all`; a page past the end is empty, which is how clients learn that they are done. */
export function paginate<T>(all: T[], page: number, perPage: number): object {
  const result = all.slice((page - 1) * perPage, page * perPage);
  const result_info: PageInfo = {
    page,
    per_page: perPage,
    count: result.length,
    total_count: all.length,
    total_pages: Math.ceil(all.length / perPage),
  };
  return { result, success: true, errors: [], messages: [], result_info };
}
