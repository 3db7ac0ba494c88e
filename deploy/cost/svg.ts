/** The little of SVG that a chart of lines and bars takes. Pure. */

/** An element; attributes that are numbers are rounded to tenths of a pixel. `content`: markup, or text by way of `escaped`. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === "number" ? Math.round(value * 10) / 10 : escaped(value)}"`).join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export const text = (x: number, y: number, words: string, more: Readonly<Record<string, string | number>> = {}): string => element("text", { x, y, ...more }, escaped(words));

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escaped = (words: string): string => words.replaceAll(/[&<>"]/g, (sign) => ENTITIES[sign]!);

export type Scale = (value: number) => number;

export const linear = (from: readonly [number, number], to: readonly [number, number]): Scale =>
  (value) => to[0] + (value - from[0]) / (from[1] - from[0]) * (to[1] - to[0]);
/** Equal steps for equal ratios: a share of cents and a price of hundreds in one picture. */
export const logarithmic = ([low, high]: readonly [number, number], to: readonly [number, number]): Scale => {
  const scale = linear([Math.log10(low), Math.log10(high)], to);
  return (value) => scale(Math.log10(value));
};

/** At most about five round values from 0 to `most`. */
export function ticks(most: number): number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** The powers of ten from just below one value to just above another, with twice and five times them where these are few. */
export function levels(low: number, high: number): number[] {
  const factors = high / low > 100 ? [1] : [1, 2, 5];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = Array.from({ length: last - first + 1 }, (_, at) => factors.map((factor) => Number((factor * 10 ** (first + at)).toPrecision(3)))).flat();
  return every.slice(every.findLastIndex((level) => level <= low), every.findIndex((level) => level >= high && level > low) + 1);
}
