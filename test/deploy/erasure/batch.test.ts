/** Erasures of all whose day has come: who is named, who is left, and what a host that says nothing keeps from nobody else. */
import { expect, it } from "vitest";
import type { Context } from "../../../deploy/context.ts";
import { eraseDue } from "../../../deploy/erasure/batch.ts";
import { NOTHING_EARLIER } from "../../../deploy/erasure/earlier.ts";
import type { gatherErasure } from "../../../deploy/erasure/facts.ts";
import { UserError } from "../../../deploy/errors.ts";
import { smallFleet, v1 } from "../support/fleet.ts";

const leaving = { tier: "shared", status: "leaving", eraseOn: "2026-12-22" } as const;
const fleet = smallFleet({ customers: [
  { slug: "acme", name: "Acme", ...leaving }, { slug: "birch", name: "Birch", ...leaving, host: "shared-2" }, { slug: "cedar", name: "Cedar", ...leaving },
  { slug: "later", name: "Later", ...leaving, eraseOn: "2027-01-01" }, { slug: "big", name: "Big", ...leaving, tier: "dedicated", phase: "live" },
] });

async function dry(silent: readonly string[]): Promise<{ code: number; text: string; data: unknown }> {
  const [texts, data]: [string[], unknown[]] = [[], []];
  const context = {
    fleet, root: "/nowhere", now: () => new Date("2026-12-23T08:00:00Z"), signal: new AbortController().signal,
    report: { event() {}, text: (text: string) => texts.push(text), data: (value: unknown) => data.push(value) },
  } as unknown as Context;
  const gather = (async (_context: Context, slug: string) => {
    const { customer, host } = fleet.customer(slug)!;
    if (silent.includes(host.name)) throw new UserError(`${host.name} does not answer\n  ssh: timeout`);
    return { customer, host: host.name, dedicated: false, now: { release: v1, seen: { dumps: [], moves: [] } }, counted: { rows: { orders: 2 }, files: { count: 1, bytes: 9 } }, folders: [], tenancy: null, stack: false, unsound: null, earlier: NOTHING_EARLIER };
  }) as unknown as typeof gatherErasure;
  return { code: await eraseDue(context, { dryRun: true, yes: false, wait: 0 }, gather), text: texts.join("\n"), data: data[0] };
}

it("names who is to go, and leaves a server of one's own to a person", async () => {
  const { code, text } = await dry([]);
  expect(text).toContain(`Erases 3 customers for good, in turn:
  acme on shared: 2 rows, 1 file
  birch on shared-2: 2 rows, 1 file
  cedar on shared: 2 rows, 1 file
  left to you, since a server goes with each: deploy erase big`);
  expect(code).toBe(0);
});

it("goes on without those on a host that does not answer", async () => {
  const { text, data } = await dry(["shared"]);
  expect(text).toContain(`Erases 1 customer for good, in turn:
  birch on shared-2: 2 rows, 1 file
  acme on shared: ✗ shared does not answer
  cedar on shared: ✗ shared does not answer`);
  expect(data).toMatchObject({ plans: [{ customer: "birch" }], unseen: [{ customer: "acme" }, { customer: "cedar" }], byName: ["big"] });
});
