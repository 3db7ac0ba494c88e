/** The verb: what people and programs are told. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cost } from "../../../deploy/commands/cost.ts";
import type { Context } from "../../../deploy/context.ts";
import { dedicated, fleetOf, many } from "./platform.ts";

async function ask(args: object, change: object = {}) {
  const told = { text: [] as string[], data: [] as unknown[] };
  const fleet = fleetOf([...many(3), { slug: "late", name: "L", tier: "shared", status: "suspended" }, ...dedicated(1)], { cost: { backup: 5, common: [{ name: "monitoring", price: 10 }] }, ...change }, { shared: { volumeGigabytes: 40 } });
  const context = { fleet, environment: {}, now: () => new Date("2026-11-22T03:00:00Z"), report: { event: () => {}, text: (text: string) => told.text.push(text), data: (value: unknown) => told.data.push(value) } } as unknown as Context;
  const code = await cost(context, { json: false, ...args });
  return { code, text: told.text.join("\n"), data: told.data[0] as Record<string, any> };
}

describe("deploy cost", () => {
  it("tells tiers, hosts, the whole, and where sharing pays", async () => {
    const { code, text } = await ask({});
    expect(code).toBe(0);
    expect(`\n${text}`).toBe(`
TIER       CUSTOMERS  HOSTS    COST    EACH     PAYS   MARGIN
shared             4      1  €21.27   €5.32  €147.00  €125.73
dedicated          1      1  €16.56  €16.56  €249.00  €232.44

HOST    TYPE  CUSTOMERS  SERVER  ADDRESS  VOLUME  BACKUP    COST    EACH
shared  cx23          4   €5.49    €0.50   €2.28   €5.00  €13.27   €3.32
d0      cx33          1   €8.49    €0.50   €0.57   €5.00  €14.56  €14.56

€37.83 a month: servers, addresses and volumes €17.83, backup €10.00, monitoring €10.00; customers pay €396.00, margin €358.17; €453.96 a year
shared or dedicated: a shared host costs €13.27, one of their own €14.56, so sharing is no dearer from 1 customer on; 1 customer pays for the shared host; a dedicated customer leaves €234.44; moving one up brings €185.44
prices of 2026-06-15 by the built-in table, net (HCLOUD_TOKEN is not set)`);
  });

  it("tells each customer's share and what it leaves", async () => {
    const { text } = await ask({ by: ["customer"], offline: true });
    expect(`\n${text.split("\n\n")[0]}`).toBe(`
CUSTOMER  TIER                HOST    HOSTING  COMMON    COST     PAYS   MARGIN
c0        shared              shared    €3.32   €2.00   €5.32   €49.00   €43.68
c1        shared              shared    €3.32   €2.00   €5.32   €49.00   €43.68
c2        shared              shared    €3.32   €2.00   €5.32   €49.00   €43.68
late      shared (suspended)  shared    €3.32   €2.00   €5.32    €0.00   -€5.32
d0        dedicated           d0       €14.56   €2.00  €16.56  €249.00  €232.44`);
    expect(text).toMatch(/by the built-in table, net$/);
  });

  it("gives programs all of it, to the cent", async () => {
    const { data } = await ask({ offline: true });
    expect(data).toMatchObject({
      month: "2026-11", currency: "EUR", prices: { source: "table", asOf: "2026-06-15" }, common: [{ name: "monitoring", monthly: 10 }],
      total: { servers: 17.83, backup: 10, common: 10, cost: 37.83, pays: 396, margin: 358.17, unpriced: [] },
      breakEven: [{ shared: "shared", dedicated: "dedicated", cheaperFrom: 1, gain: 185.44 }],
    });
    expect(data.customers[3]).toEqual({ slug: "late", tier: "shared", status: "suspended", hosts: ["shared"], hosting: 3.32, common: 2, cost: 5.32, pays: 0, margin: -5.32 });
  });

  it("says that there is no margin between two currencies", async () => {
    const { text } = await ask({}, { currency: "TRY" });
    expect(text).toMatch(/customers pay in TRY, so there is no margin$/);
    expect(text).not.toContain("MARGIN  ₺");
  });

  it("draws a chart, or says why it can't be written", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "cost-")), "cost.svg");
    const { text } = await ask({ svg: file, offline: true });
    expect(text).toMatch(/Chart: .*cost\.svg$/);
    expect(readFileSync(file, "utf8")).toContain("shop: cost of a month, 2026-11");
    await expect(ask({ svg: "/nowhere/cost.svg", offline: true })).rejects.toThrow(/chart can't be written: ENOENT/);
  });
});
