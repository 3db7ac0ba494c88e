/** A move's plan, as a value and in words. */
import { describe, expect, it } from "vitest";
import { describeMove } from "../../../deploy/move/describe.ts";
import { type MoveFacts, planMove } from "../../../deploy/move/plan.ts";
import { targetOf } from "../../../deploy/move/target.ts";
import { smallFleet } from "../support/fleet.ts";

const facts: MoveFacts = {
  release: "v1", strategy: { name: "rows", reason: "6 tables have the customer's key" }, files: { count: 12, bytes: 2_000_000 }, faults: [], remarks: [], targetUp: false,
  tables: [{ name: "public.orders", rows: 1000, bytes: 90_000 }, { name: "public.items", rows: 4321, bytes: 410_000 }],
};
const none = { seconds: null, hold: null, moves: 0 };
const plan = (slug: string, changes: Partial<MoveFacts> = {}, prediction: Parameters<typeof planMove>[3] = none) => {
  const fleet = smallFleet({ customers: [{ slug: "acme", name: "Acme", tier: "shared" }, { slug: "beta", name: "Beta", tier: "dedicated", hostnames: ["beta.shop", "b.example.com"] }] });
  return planMove(fleet, targetOf(fleet, slug, "dedicated", undefined), { ...facts, ...changes }, prediction, { holdLimitMilliseconds: 1000 });
};

describe("a plan", () => {
  it("adds up what is moved, and names what is made", () => {
    expect(plan("acme")).toMatchObject({ customer: "acme", hostname: "acme.example.com", from: "shared", to: "acme", rows: 5321, bytes: 2_500_000, edit: { tier: "dedicated" }, makes: ["server cx23", "volume 10 GB", "firewall", "certificate", "postgres, redis, proxy"] });
    expect(plan("beta", { targetUp: true })).toMatchObject({ edit: null, makes: [] });
  });

  it("knows what the new host costs", () => {
    expect(plan("acme").cost.monthly).toBe(6.56);
  });

  it("says whose DNS nobody here can change", () => {
    expect(plan("beta").remarks).toEqual([expect.stringMatching(/^beta\.shop is in none of the platform's zones/)]);
  });

  it("every step has a host, the hold is on the one that is left", () => {
    const { steps } = plan("acme");
    expect(steps.filter(({ host }) => host === "acme").map(({ step }) => step)).toEqual(["provision", "schema", "reference", "replicate", "files", "dns"]);
    expect(steps.filter(({ step }) => ["hold", "catch-up", "compare", "route", "release"].includes(step)).every(({ host }) => host === "shared")).toBe(true);
  });
});

describe("a plan of a way down", () => {
  const fleet = smallFleet({ customers: [{ slug: "orion", name: "Orion", tier: "dedicated", phase: "live" }] });
  const down = planMove(fleet, targetOf(fleet, "orion", "shared", undefined), { ...facts, targetUp: true }, none, { holdLimitMilliseconds: 1000 });

  it("makes no host and costs nothing new", () => {
    expect(down).toMatchObject({ from: "orion", to: "shared", edit: null, makes: [], cost: { monthly: 0, customerPays: null } });
    expect(down.steps.map(({ step }) => step)).not.toContain("provision");
  });

  it("says how it is given up, and what ends it", () => {
    expect(describeMove(down)).toMatch(/costs\s+nothing new; the host orion costs until it is retired[^]*then abort, by hand[^]*`deploy move finish orion` removes what was copied to shared[^]*with `abort`: rows and files of orion on orion are removed/);
  });
});

describe("in words", () => {
  it("of a first move to a host that is not there", () => {
    expect(describeMove(plan("acme"))).toMatchInlineSnapshot(`
      "Plan: acme from shared to acme, on v1; 2 tables, 5321 rows, 3 MB
        writes  customers.yaml: acme gets tier dedicated, phase staged; live once it is there
        makes   host acme: server cx23, volume 10 GB, firewall, certificate, postgres, redis, proxy
        how     rows: 6 tables have the customer's key
        tables  public.items 4,321, public.orders 1,000 rows
        files   12 files, 2 MB
        takes   not known before a first move
        pause   acme's requests wait for some milliseconds; after 1000 ms everything is let go where it was
        costs   €6.56 a month for the host (prices of 2026-06-15)
        asks    Hetzner about 52× (limit 3600 an hour), Cloudflare about 18× (limit 1200 in five minutes)
        steps   preflight, provision, schema, reference, replicate, files, rehearse | hold, catch-up, compare, route, release | dns, forward, reverse, watch; then finish, by hand
        final   until the cutover: nothing; \`deploy move abort acme\` leaves shared as it was; a new server costs until it is retired
                from the cutover on: nothing; shared is kept current, \`deploy move back acme\` returns without a loss
                with \`finish\`: rows and files of acme on shared are removed, after a backup"
    `);
  });

  it("of a later one, with a fault and its mending", () => {
    const text = describeMove(plan("beta", { targetUp: true, faults: [{ message: "public.notes has no key that begins with the customer's", mend: "ALTER TABLE notes\n  ADD PRIMARY KEY (tenant_id, id);" }] }, { seconds: 95, hold: { usual: 9.04, longest: 26 }, moves: 3 }));
    expect(text).toContain("  takes   about 1 min 35 s, by 3 past moves\n");
    expect(text).toContain("beta's requests wait for about 9 ms, so far at most 26 ms; after 1000 ms everything is let go where it was");
    expect(text).toContain("  ✗ public.notes has no key that begins with the customer's\n      ALTER TABLE notes\n        ADD PRIMARY KEY (tenant_id, id);");
    expect(text).not.toContain("customers.yaml:");
  });
});
