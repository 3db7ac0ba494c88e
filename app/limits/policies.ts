/** What a request is held to, and the headers that say so: RateLimit and RateLimit-Policy as in draft-ietf-httpapi-ratelimit-headers-10. */

export interface Policy {
  name: string;
  /** How much, of what: requests when `unit` is absent. */
  quota: number;
  unit?: "content-bytes";
  windowSeconds: number;
  /** Including this request. */
  used: number;
  resetSeconds: number;
}

/** From this share of a limit on, answers carry a warning. */
export const near = 0.9;

export const exceeded = ({ quota, used }: Policy): boolean => used > quota;

/** Example: `"hour";q=1000;w=3600` and `"hour";r=12;t=340`. */
export function headersOf(policies: Policy[]): Record<string, string> {
  if (policies.length === 0) return {};
  return {
    "ratelimit-policy": policies.map(({ name, quota, unit, windowSeconds }) => `"${name}";q=${quota}${unit ? `;qu="${unit}"` : ""};w=${windowSeconds}`).join(", "),
    ratelimit: policies.map(({ name, quota, used, resetSeconds }) => `"${name}";r=${Math.max(0, quota - used)};t=${resetSeconds}`).join(", "),
  };
}

/** Example: `hour; used=920; limit=1000`. Null while there is room. */
export const warningOf = (name: string, used: number, limit: number | null): string | null =>
  limit !== null && used >= limit * near ? `${name}; used=${used}; limit=${limit}` : null;
