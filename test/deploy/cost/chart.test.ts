import { describe, expect, it } from "vitest";
import { apart, costChart } from "../../../deploy/cost/chart.ts";
import { costReport } from "../../../deploy/cost/report.ts";
import { escaped, levels, linear, logarithmic, ticks } from "../../../deploy/cost/svg.ts";
import { dedicated, fleetOf, many, pricesOf } from "./platform.ts";

/** Names of elements as they open, if all that open close again in order; throws otherwise. */
function elements(svg: string): string[] {
  const open: string[] = [];
  const found: string[] = [];
  for (const [, closing, name, own] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (closing) expect(open.pop()).toBe(name);
    else found.push(name!);
    if (!closing && !own) open.push(name!);
  }
  expect(open).toEqual([]);
  return found;
}

const report = (change: object = {}, tiers = {}) => costReport(fleetOf([...many(7), ...dedicated(2)], { cost: { backup: 5 }, ...change }, tiers), pricesOf({ cx23: 20, cx33: 40 }));
const words = { title: "shop: cost of a month, 2026-11", note: "prices of 2026-11-22" };

describe("costChart", () => {
  it("is whole SVG with two bars a tier and a line each for what a host costs one customer", () => {
    const svg = costChart(report(), words);
    const names = elements(svg);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 ')).toBe(true);
    expect(names.filter((name) => name === "rect")).toHaveLength(1 + 2 * 2);
    expect(names.filter((name) => name === "polyline")).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    for (const word of ["shared (7)", "costs €25.00", "pays €343.00", "dedicated (2)", "costs €90.00", "pays €498.00", "shared €1.25", "dedicated €45.00", "prices of 2026-11-22"]) expect(svg).toContain(`>${word}<`);
  });

  it("draws what is known when there is no price, and no second tier", () => {
    const svg = costChart(report({}, { shared: { monthlyPrice: undefined }, dedicated: { monthlyPrice: undefined, serverType: "cx43" } }), words);
    expect(elements(svg).filter((name) => name === "rect" || name === "polyline")).toHaveLength(1 + 2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|pays/);
  });

  it("leaves out a tier without hosts and customers", () => {
    expect(costChart({ ...report(), tiers: report().tiers.map((tier) => tier.tier === "dedicated" ? { ...tier, customers: 0, hosts: 0 } : tier) }, words)).not.toContain(">dedicated (0)<");
  });

  it("takes no word for markup", () => {
    expect(costChart(report(), { ...words, title: `<b>"A & B"</b>` })).toContain(">&lt;b&gt;&quot;A &amp; B&quot;&lt;/b&gt;<");
    expect(escaped("a<b")).toBe("a&lt;b");
  });
});

describe("scales and ticks", () => {
  it.each([[7, [0, 2, 4, 6]], [20, [0, 5, 10, 15, 20]], [1075, [0, 500, 1000]]] as const)("up to %d", (most, expected) => {
    expect(ticks(most)).toEqual(expected);
  });
  it.each([[0.56, 450, [0.1, 1, 10, 100, 1000]], [0.56, 11.27, [0.5, 1, 2, 5, 10, 20]], [1, 10, [1, 2, 5, 10]], [25, 25, [20, 50]], [20, 20, [20, 50]]] as const)("round levels about %d to %d", (low, high, expected) => {
    expect(levels(low, high)).toEqual(expected);
  });
  it("map ends to ends, and the middle of ratios to the middle", () => {
    expect([linear([0, 10], [100, 200])(5), logarithmic([1, 100], [300, 100])(10)]).toEqual([150, 200]);
  });
  it("labels that would cover one another are moved apart, in order", () => {
    expect(apart([100, 20, 104])).toEqual([100, 20, 116]);
  });
});
