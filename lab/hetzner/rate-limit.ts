/** Hetzner's limit: a bucket of requests a project, refilled evenly over the hour. */

export interface RateLimit {
  /** Takes one request; false when the bucket is empty. */
  take(): boolean;
  headers(): Record<string, string>;
}

/** @param perHour size of the bucket, and how much flows back in an hour. */
export function rateLimit(perHour: number, now: () => number = Date.now): RateLimit {
  const perMillisecond = perHour / 3_600_000;
  let left = perHour;
  let at = now();

  function refill(): void {
    const moment = now();
    left = Math.min(perHour, left + (moment - at) * perMillisecond);
    at = moment;
  }

  return {
    take() {
      refill();
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    headers: () => ({
      "ratelimit-limit": String(perHour),
      "ratelimit-remaining": String(Math.floor(left)),
      "ratelimit-reset": String(Math.ceil((at + (perHour - left) / perMillisecond) / 1000)),
    }),
  };
}
