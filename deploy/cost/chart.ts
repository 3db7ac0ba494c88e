/** Cost as a picture: what tiers cost and bring, and what one customer costs by how many share a host. Pure; SVG text. */
import { shareOf } from "./break-even.ts";
import { money } from "./money.ts";
import type { CostReport } from "./report.ts";
import { element, levels as levelsOf, linear, logarithmic, text, ticks } from "./svg.ts";

/** Told apart also by those who see few colours. */
const COLOUR = { cost: "#d55e00", pays: "#0072b2", shared: ["#0072b2", "#56b4e9", "#009e73"], dedicated: ["#d55e00", "#cc79a7", "#e69f00"], axis: "#777777" } as const;
const WIDTH = 960;
const BAR = 16;
const PLOT = { left: 150, right: WIDTH - 180, height: 300 };

export interface ChartWords { title: string; note: string }

/** A whole SVG file. */
export function costChart(report: CostReport, { title, note }: ChartWords): string {
  const bars = tierBars(report, 84);
  const lines = report.breakEven.length > 0 ? breakEvenLines(report, bars.bottom + 70) : { markup: "", bottom: bars.bottom };
  const height = lines.bottom + 50;
  const style = `text{font:13px system-ui,sans-serif;fill:#222}.title{font-size:18px;font-weight:600}.head{font-weight:600}.small{font-size:11px;fill:#555}`;
  return `${element("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, role: "img", "aria-label": title }, [
    element("style", {}, style), element("rect", { width: WIDTH, height, fill: "#ffffff" }),
    text(24, 34, title, { class: "title" }), bars.markup, lines.markup, text(24, height - 16, note, { class: "small" }),
  ].join("\n"))}\n`;
}

interface Part { markup: string; bottom: number }

function tierBars({ tiers: all, currency }: CostReport, top: number): Part {
  const tiers = all.filter(({ customers, hosts }) => customers + hosts > 0);
  const most = Math.max(1, ...tiers.flatMap(({ cost, pays }) => [cost, pays ?? 0]));
  const x = linear([0, most], [PLOT.left, PLOT.right]);
  const rows = tiers.map(({ tier, customers, cost, pays }, at) => {
    const y = top + at * (2 * BAR + 18);
    const bar = (offset: number, value: number, fill: string, word: string): string => [
      element("rect", { x: PLOT.left, y: y + offset, width: Math.max(1, x(value) - PLOT.left), height: BAR, fill }),
      text(x(value) + 6, y + offset + BAR - 4, `${word} ${money(value, currency)}`),
    ].join("");
    return [
      text(PLOT.left - 10, y + BAR + 4, `${tier} (${customers})`, { "text-anchor": "end" }),
      bar(0, cost, COLOUR.cost, "costs"), pays === null ? "" : bar(BAR + 2, pays, COLOUR.pays, "pays"),
    ].join("");
  });
  return { markup: [text(24, top - 18, "A month by tier (customers)", { class: "head" }), ...rows].join("\n"), bottom: top + tiers.length * (2 * BAR + 18) };
}

interface Line { name: string; colour: string; dash?: string; at(customers: number): number }

function breakEvenLines({ breakEven, hosts, currency }: CostReport, top: number): Part {
  const most = Math.max(20, ...hosts.filter(({ kind }) => kind === "shared").map(({ customers }) => customers));
  const named = <T>(entries: readonly [string, T][]): [string, T][] => [...new Map(entries)];
  const lines: Line[] = [
    ...named(breakEven.map(({ shared, sharedHost }) => [shared, sharedHost])).map(([name, host], at): Line => ({ name, colour: COLOUR.shared[at % 3]!, at: (customers) => shareOf(host, customers) })),
    ...named(breakEven.map(({ dedicated, dedicatedHost }) => [dedicated, dedicatedHost])).map(([name, host], at): Line => ({ name, colour: COLOUR.dedicated[at % 3]!, dash: "7 4", at: () => host })),
  ];
  const values = lines.flatMap((line) => [line.at(1), line.at(most)]);
  const levels = levelsOf(Math.min(...values), Math.max(...values));
  const y = logarithmic([levels[0]!, levels.at(-1)!], [top + PLOT.height, top]);
  const x = linear([1, most], [PLOT.left, PLOT.right]);
  const grid = levels.map((level) => element("line", { x1: PLOT.left, x2: PLOT.right, y1: y(level), y2: y(level), stroke: "#dddddd" }) + text(PLOT.left - 10, y(level) + 4, money(level, currency), { "text-anchor": "end", class: "small" }));
  const marks = [1, ...ticks(most).filter((value) => value > 1)].map((value) => text(x(value), top + PLOT.height + 18, String(value), { "text-anchor": "middle", class: "small" }));
  const labels = apart(lines.map(({ at }) => y(at(most))));
  const drawn = lines.map(({ name, colour, dash, at }, line) => {
    const points = Array.from({ length: most }, (_, index) => `${Math.round(x(index + 1) * 10) / 10},${Math.round(y(at(index + 1)) * 10) / 10}`).join(" ");
    return element("polyline", { points, fill: "none", stroke: colour, "stroke-width": 2.5, ...(dash ? { "stroke-dasharray": dash } : {}) })
      + text(PLOT.right + 8, labels[line]! + 4, `${name} ${money(at(most), currency)}`);
  });
  return {
    markup: [
      text(24, top - 24, "Hosting of one customer a month, by how many share a host", { class: "head" }), ...grid, ...marks,
      element("line", { x1: PLOT.left, x2: PLOT.right, y1: top + PLOT.height, y2: top + PLOT.height, stroke: COLOUR.axis }),
      text((PLOT.left + PLOT.right) / 2, top + PLOT.height + 36, "customers on one shared host", { "text-anchor": "middle", class: "small" }), ...drawn,
    ].join("\n"),
    bottom: top + PLOT.height + 30,
  };
}

/** So far between two lines of words. */
const LINE_HEIGHT = 16;

/** Where labels stand so that none covers another: in their order, each at its place or below the one before. */
export function apart(wanted: readonly number[]): number[] {
  const placed = [...wanted];
  let last = -Infinity;
  for (const index of wanted.map((_, at) => at).sort((a, b) => wanted[a]! - wanted[b]!)) placed[index] = last = Math.max(wanted[index]!, last + LINE_HEIGHT);
  return placed;
}
