/** From where to where, by the files alone. */
import { describe, expect, it } from "vitest";
import { targetOf } from "../../../deploy/move/target.ts";
import { smallFleet } from "../support/fleet.ts";

const fleet = smallFleet({ customers: [
  { slug: "acme", name: "Acme", tier: "shared" }, { slug: "next", name: "Next", tier: "dedicated" }, { slug: "orion", name: "Orion", tier: "dedicated", phase: "live" },
] });
const target = (slug: string, to?: string, tier?: string) => {
  const { customer, ...rest } = targetOf(fleet, slug, to, tier);
  return { slug: customer.slug, ...rest };
};

describe("where a customer goes", () => {
  it("a shared one gets a host of its own, and the file has to say so first", () => {
    const expected = { slug: "acme", from: "shared", to: "acme", edit: { tier: "dedicated", phase: "staged" } };
    expect(target("acme", "dedicated")).toEqual(expected);
    expect(target("acme", "acme")).toEqual(expected);
    expect(target("acme", "dedicated", "dedicated")).toEqual(expected);
  });

  it("a staged one goes where the file says already", () => {
    const expected = { slug: "next", from: "shared", to: "next", edit: null };
    expect(target("next")).toEqual(expected);
    expect(target("next", "dedicated")).toEqual(expected);
  });

  it("one that has a host of its own goes down to a shared one", () => {
    expect(target("orion", "shared")).toEqual({ slug: "orion", from: "orion", to: "shared", edit: null });
  });

  it.each<[what: string, args: [slug: string, to?: string, tier?: string], message: RegExp, code: number]>([
    ["nobody of that name", ["acmee", "dedicated"], /no customer acmee/, 2],
    ["nowhere to go", ["acme"], /keeps acme on shared/, 2],
    ["it is there", ["orion", "dedicated"], /on its own host already/, 3],
    ["it is there, without saying where", ["orion"], /on its own host already/, 3],
    ["where it is", ["acme", "shared"], /on shared already/, 3],
    ["another customer's host", ["acme", "orion"], /not a host for acme/, 3],
    ["no host", ["acme", "mars"], /no host mars/, 2],
    ["no tier", ["acme", "dedicated", "gold"], /gold is no dedicated tier/, 2],
    ["a shared tier", ["acme", "dedicated", "shared"], /shared is no dedicated tier/, 2],
  ])("%s", (_what, args, message, code) => {
    expect(() => target(...args)).toThrow(expect.objectContaining({ message: expect.stringMatching(message), code }));
  });

  it("of several dedicated tiers one has to be named", () => {
    const { platform } = fleet;
    const two = { ...fleet, platform: { ...platform, tiers: { ...platform.tiers, gold: { ...platform.tiers.dedicated! } } } };
    expect(() => targetOf(two, "acme", "dedicated", undefined)).toThrow(/several dedicated tiers: dedicated, gold/);
    expect(targetOf(two, "acme", "dedicated", "gold").edit).toEqual({ tier: "gold", phase: "staged" });
  });
});
