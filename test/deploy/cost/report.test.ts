/** The figures that the design of a tiered platform was reckoned with, and the sums that must always come out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { costReport } from "../../../deploy/cost/report.ts";
import { tablePrices } from "../../../deploy/prices/prices.ts";
import { dedicated, fleetOf, many, pricesOf } from "./platform.ts";

const euros = (value: number | null): string => value === null ? "?" : value.toFixed(2);
const backup = { cost: { backup: 5 } };

describe("what the design reckons with", () => {
  const shared = pricesOf({ cx23: 20 });

  it.each([[1, "25.00"], [5, "5.00"], [20, "1.25"]])("a server of 20 and backups of 5 cost each of %i customers %s", (count, each) => {
    const { total, customers, tiers } = costReport(fleetOf(many(count), backup), shared);
    expect([euros(total.cost), euros(customers[0]!.cost), euros(tiers[0]!.each)]).toEqual(["25.00", each, each]);
  });

  it("with the domain, 25.83", () => {
    const { total, common } = costReport(fleetOf(many(5), { cost: { backup: 5, common: [{ name: "domain", price: 10, every: "year" }] } }), shared);
    expect([euros(total.cost), euros(common[0]!.monthly)]).toEqual(["25.83", "0.83"]);
  });

  it.each([[40, "45.00"], [100, "105.00"]])("a dedicated server of %i costs its customer %s", (server, cost) => {
    const { customers } = costReport(fleetOf(dedicated(1), backup), pricesOf({ cx23: 20, cx33: server }));
    expect(customers.map((customer) => [customer.hosts, euros(customer.cost)])).toEqual([[["d0"], cost]]);
  });

  it.each([[40, "475.00"], [100, "1075.00"]])("one shared host and ten dedicated ones of %i cost %s, and monitoring 10 more", (server, cost) => {
    const prices = pricesOf({ cx23: 20, cx33: server });
    const list = [...many(5), ...dedicated(10)];
    expect(euros(costReport(fleetOf(list, backup), prices).total.cost)).toBe(cost);
    const { total, customers } = costReport(fleetOf(list, { cost: { backup: 5, common: [{ name: "monitoring", price: 10 }] } }), prices);
    expect([euros(total.cost), euros(customers[0]!.common)]).toEqual([(Number(cost) + 10).toFixed(2), "0.67"]);
  });
});

describe("costReport", () => {
  const prices = pricesOf({ cx23: 10, cx33: 40 });

  it("adds server, address, volume and backup, with the table's prices", () => {
    const { hosts } = costReport(fleetOf(many(2), backup, { shared: { serverType: "cx33", volumeGigabytes: 40 } }), tablePrices);
    expect(hosts[0]).toMatchObject({ server: 8.49, address: 0.5, volume: 40 * 0.057, backup: 5, monthly: 8.49 + 0.5 + 40 * 0.057 + 5, customers: 2 });
    expect(euros(hosts[0]!.each)).toBe("8.13");
  });

  it.each<[what: string, list: object[], change: object, row: object]>([
    ["a customer of a shared host", many(4), {}, { hosts: ["shared"], hosting: 2.5, cost: 2.5, pays: 49, margin: 46.5 }],
    ["a suspended one pays nothing, and costs", many(4, { status: "suspended" }), {}, { cost: 2.5, pays: 0, margin: -2.5 }],
    ["a dedicated one", dedicated(1), {}, { hosts: ["d0"], cost: 40, pays: 249, margin: 209 }],
    ["a staged one bears its own host and its part of the shared one", dedicated(1, { phase: "staged" }), {}, { hosts: ["shared", "d0"], cost: 50 }],
    ["another currency", many(4), { currency: "TRY" }, { cost: 2.5, pays: null, margin: null }],
  ])("%s", (_, list, change, row) => {
    expect(costReport(fleetOf(list, change), prices).customers[0]).toMatchObject(row);
  });

  it("a host whose price is not known is named, and left out of the sums", () => {
    const { total, customers, hosts } = costReport(fleetOf([...many(2), ...dedicated(1)], backup), pricesOf({ cx23: 10 }));
    expect(total).toMatchObject({ servers: 10, backup: 5, cost: 15, unpriced: ["d0"] });
    expect([hosts[1]!.monthly, customers.at(-1)!.cost, customers.at(-1)!.margin]).toEqual([null, null, null]);
  });

  it("a shared host without customers is the tier's", () => {
    const { tiers, hosts } = costReport(fleetOf(dedicated(1)), prices);
    expect(tiers).toMatchObject([{ tier: "shared", customers: 0, hosts: 1, cost: 10, each: null }, { tier: "dedicated", cost: 40, pays: 249 }]);
    expect(hosts[0]!.each).toBeNull();
  });

  it("customers and empty hosts bear everything, and so do tiers", () => {
    const kinds = [{ tier: "shared" }, { tier: "dedicated", phase: "live" }, { tier: "dedicated" }, { tier: "shared", status: "suspended" }, { tier: "shared", host: "shared-2" }];
    fc.assert(fc.property(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 100 }), (list, backupPrice, common) => {
      const report = costReport(fleetOf(list.map((kind, at) => ({ slug: `c${at}`, name: "C", ...kind })), { cost: { backup: backupPrice, common: [{ name: "x", price: common }] } }), prices);
      const total = (values: (number | null)[]): number => values.reduce<number>((sum, value) => sum + value!, 0);
      const empty = total(report.hosts.filter(({ customers }) => customers === 0).map(({ monthly }) => monthly));
      expect(total(report.customers.map(({ cost }) => cost)) + empty).toBeCloseTo(report.total.cost, 6);
      expect(total(report.tiers.map(({ cost }) => cost))).toBeCloseTo(report.total.cost, 6);
      expect(total(report.customers.map(({ pays }) => pays))).toBe(report.total.pays);
    }), { numRuns: 60 });
  });
});

describe("break-even", () => {
  it.each<[what: string, servers: [number, number], paid: [number | undefined, number | undefined], row: object]>([
    ["the design's smallest: sharing is cheaper from the first customer on", [20, 40], [5, 105], { sharedHost: 25, dedicatedHost: 45, cheaperFrom: 1, paidBy: 5, dedicatedMargin: 60, gain: 55 }],
    ["a large shared host", [95, 40], [5, 45], { sharedHost: 100, dedicatedHost: 45, cheaperFrom: 3, paidBy: 20, dedicatedMargin: 0, gain: -5 }],
    ["exactly twice", [85, 40], [90, 45], { cheaperFrom: 2, paidBy: 1 }],
    ["no price", [20, 40], [undefined, undefined], { cheaperFrom: 1, paidBy: null, dedicatedMargin: null, gain: null }],
  ])("%s", (_, [small, large], [one, other], row) => {
    const fleet = fleetOf(many(1), backup, { shared: { monthlyPrice: one }, dedicated: { monthlyPrice: other } });
    expect(costReport(fleet, pricesOf({ cx23: small, cx33: large })).breakEven).toMatchObject([{ shared: "shared", dedicated: "dedicated", ...row }]);
  });

  it("leaves out tiers whose price is not known", () => {
    expect(costReport(fleetOf(many(1)), pricesOf({ cx23: 10 })).breakEven).toEqual([]);
  });
});
