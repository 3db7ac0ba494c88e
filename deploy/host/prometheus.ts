/**
 * Prometheus' text format, as far as a proxy's page of figures uses it: `name{label="value"} 1.5 timestamp`, comments in
 * between. Written here since the packages for it are either a whole client or no longer looked after.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */

export interface Sample { name: string; labels: Readonly<Record<string, string>>; value: number }

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** In the order of the text. Comments, empty lines and lines cut off in the middle are passed over. */
export function parseSamples(text: string): Sample[] {
  return text.split("\n").flatMap((line) => {
    const [, name, labels = "", number] = LINE.exec(line.trim()) ?? [];
    if (!name || !number) return [];
    const value = valueOf(number);
    return Number.isNaN(value) ? [] : [{ name, labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, key, text]) => [key!, unescaped(text!)])), value }];
  });
}

/** A bucket's upper bound is written the same way. */
export function valueOf(text: string): number {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, (_, character: string) => character === "n" ? "\n" : character);
