/** Times, sizes, amounts and lists as people read them. */

/** `0.4 s`, `12 s`, `3 min 5 s` */
export const seconds = (value: number): string => value < 9.95 ? `${value.toFixed(1)} s` : clock(Math.round(value));

/** Of something that still runs, in whole units: `4 s`, `3 min 5 s`, `1 h 20 min` */
export function clock(value: number): string {
  const whole = Math.max(0, Math.floor(value));
  if (whole < 120) return `${whole} s`;
  return whole < 7200 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

/** `45 s`, `10 min`, `2 min 30 s`, `1 h 20 min`: a time that was set or is expected, without parts that are zero. */
export function duration(value: number): string {
  const whole = Math.round(value);
  const parts = [[Math.floor(whole / 3600), "h"], [Math.floor(whole % 3600 / 60), "min"], [whole % 60, "s"]] as const;
  return parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`).join(" ") || "0 s";
}

/** `5 min`, `3 h`, `2 d`: one unit is enough for a table. */
export function age(value: number): string {
  if (value < 90) return `${Math.max(0, Math.round(value))} s`;
  if (value < 90 * 60) return `${Math.round(value / 60)} min`;
  if (value < 48 * 3600) return `${Math.round(value / 3600)} h`;
  return `${Math.round(value / 86_400)} d`;
}

/** `512 kB`, `12 MB`, `3.4 GB` */
export function bytes(value: number): string {
  if (value < 1e6) return `${Math.ceil(value / 1e3)} kB`;
  if (value < 1e9) return `${Math.round(value / 1e6)} MB`;
  return `${(value / 1e9).toFixed(1)} GB`;
}

/** `1 host`, `3 hosts` */
export const count = (amount: number, one: string, many = `${one}s`): string => `${amount} ${amount === 1 ? one : many}`;

/** Beyond so many, names are counted. */
const MOST_NAMES = 12;

/** `a, b, c`; of very many, the first ones and how many more. */
export const hostsNamed = (names: readonly string[]): string => names.length <= MOST_NAMES ? names.join(", ") : `${names.slice(0, MOST_NAMES - 2).join(", ")} and ${names.length - MOST_NAMES + 2} more`;
