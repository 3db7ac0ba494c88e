/** What the edge says when it cannot serve; statuses and codes mean what they mean at Cloudflare. */
import type { ServerResponse } from "node:http";

// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
export const meanings: Record<number, string> = {
  409: "no proxied record has this name",
  413: "request body too large",
  502: "bad gateway",
  520: "the origin hung up or answered something that is not HTTP",
  521: "the origin refused the connection",
  522: "connecting to the origin timed out",
  523: "the origin is unreachable",
  524: "the origin took the request and did not answer in time",
  525: "the TLS handshake with the origin failed",
  526: "the origin's certificate is not valid for this name",
  530: "the origin's name has no address",
};

export class EdgeError extends Error {
  readonly status: number;
  /** Code on the page: the status itself or a 1xxx one. */
  readonly code: number;

  constructor(status: number, code: number, reason: string) {
    super(reason);
    this.status = status;
    this.code = code;
  }
}

/** Turns what Node reports into the status Cloudflare would give. `isConnected`: the connection stood already. */
export function fromNodeError(error: unknown, isConnected: boolean): EdgeError {
  if (error instanceof EdgeError) return error;
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  const status = isConnected ? 520 : (refusals[code] ?? 502);
  return new EdgeError(status, status, `${meanings[status]} (${code || message})`);
}

const refusals: Record<string, number> = {
  ECONNREFUSED: 521,
  ECONNRESET: 521,
  ETIMEDOUT: 522,
  EHOSTUNREACH: 523,
  ENETUNREACH: 523,
  EHOSTDOWN: 523,
};

/** Body of an error page, as Cloudflare sends it to clients that are no browser, and why. */
export function errorText(error: EdgeError): string {
  return `error code: ${error.code}\n${error.message}\n`;
}

export function sendError(response: ServerResponse, error: EdgeError, ray: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(error.status, {
    "content-type": "text/plain; charset=UTF-8",
    "cache-control": "private, max-age=0, no-store",
    server: "cloudflare",
    "cf-ray": ray,
  });
  response.end(errorText(error));
}
