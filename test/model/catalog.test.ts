/** The dated tables fit each other. */
import { describe, expect, it } from "vitest";
import { isLocation, SERVER_TYPES, serverType } from "../../model/catalog.ts";
import { nearest } from "../../model/nearest.ts";
import { monthlyCost } from "../../model/prices.ts";

describe("server types", () => {
  it("are sold somewhere, and successors exist and are not deprecated themselves", () => {
    for (const [name, { locations, deprecated }] of Object.entries(SERVER_TYPES)) {
      expect(locations.length, name).toBeGreaterThan(0);
      expect(locations.every(isLocation), name).toBe(true);
      if (deprecated) expect(serverType(deprecated.successor)?.deprecated, name).toBeUndefined();
    }
  });
  it("are looked up by their own names only", () => {
    expect(serverType("cx23")).toEqual({ cores: 2, memoryGigabytes: 4, diskGigabytes: 40, architecture: "x86", cpu: "shared", locations: ["fsn1", "nbg1", "hel1"] });
    expect([serverType("cx99"), serverType("toString"), isLocation("constructor")]).toEqual([undefined, undefined, false]);
  });
});

describe("cost", () => {
  it.each<[string, number, number | undefined]>([["cx23", 10, 6.56], ["cx33", 40, 11.27], ["ccx13", 10240, 627.17], ["cx22", 10, undefined], ["valueOf", 10, undefined]])("%s with %i GB: %s", (type, volumeGigabytes, euros) => {
    expect(monthlyCost({ serverType: type, volumeGigabytes })).toBe(euros);
  });
  it("is known for whatever can be ordered in Europe", () => {
    const unpriced = Object.entries(SERVER_TYPES).filter(([name, { deprecated, locations }]) => !deprecated && locations.includes("fsn1") && monthlyCost({ serverType: name, volumeGigabytes: 10 }) === undefined);
    expect(unpriced.map(([name]) => name)).toEqual([]);
  });
});

describe("near misses", () => {
  it.each<[string, string[], string | undefined]>([
    ["dedicatd", ["shared", "dedicated"], "dedicated"],
    ["DEDICATED", ["shared", "dedicated"], "dedicated"],
    ["gold", ["shared", "dedicated"], undefined],
    ["lvie", ["staged", "live"], "live"],
    ["sunday", ["sat", "sun"], "sun"],
    ["x", ["cx23"], undefined],
    ["", ["a"], "a"],
    ["anything", [], undefined],
  ])("%s among %j: %s", (written, known, meant) => {
    expect(nearest(written, known)).toBe(meant);
  });
});
