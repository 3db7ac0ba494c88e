/** How many requests an hour the lab's Hetzner API grants. */

/** Ten times Hetzner's own limit: the lab's actions end in milliseconds and are polled as quickly, and its users try a day's work in an hour. */
const usual = 36_000;

/** A positive whole number; ETAGE_LAB_REQUESTS_PER_HOUR overrides the default, 3600 is what a real project has. */
export function hetznerRequestsPerHour(given: string | undefined = process.env.ETAGE_LAB_REQUESTS_PER_HOUR): number {
  if (!given) return usual;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new Error(`ETAGE_LAB_REQUESTS_PER_HOUR is ${JSON.stringify(given)}; expected a whole number from 1 on, for example 3600. Correct or unset it, then run bin/lab up again.`);
  return Number(given);
}
