import { describe, expect, it } from "vitest";
import { dnsPlan, namesInZones, zoneOf, zonesOf } from "../../infra/dns-plan.ts";

const platform = { domain: "epica.com.tr", zones: ["helmex.com", "shop.helmex.com"] };

describe("zoneOf", () => {
  it.each([
    ["epica.com.tr", "epica.com.tr"],
    ["*.epica.com.tr", "epica.com.tr"],
    ["a.b.epica.com.tr", "epica.com.tr"],
    ["www.helmex.com", "helmex.com"],
    ["eu.shop.helmex.com", "shop.helmex.com"],
    ["notepica.com.tr", undefined],
    ["helmex.org", undefined],
  ])("%s lies in %s", (hostname, zone) => {
    expect(zoneOf(hostname, zonesOf(platform))).toBe(zone);
  });
});

describe("dnsPlan", () => {
  const hostnames = ["helmex.epica.com.tr", "www.helmex.com", "portal.example.org"];

  it("gives a live host a record for every name in our zones and tells of the others", () => {
    expect(dnsPlan({ phase: "live", hostnames }, platform)).toEqual({
      records: [{ name: "helmex.epica.com.tr", zone: "epica.com.tr" }, { name: "www.helmex.com", zone: "helmex.com" }],
      foreign: ["portal.example.org"],
    });
  });

  it("gives a staged host none", () => {
    expect(dnsPlan({ phase: "staged", hostnames }, platform)).toEqual({ records: [], foreign: [] });
  });

  it("has names for a certificate whatever the phase", () => {
    expect(namesInZones(hostnames, zonesOf(platform)).records.map((record) => record.name)).toEqual(["helmex.epica.com.tr", "www.helmex.com"]);
  });
});
