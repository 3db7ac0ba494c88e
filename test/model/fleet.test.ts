/** What the two files come to: which host lists whom, and what of platform, tier and customer a host gets. */
import { describe, expect, it } from "vitest";
import { fleet as derive } from "../../model/fleet.ts";
import { judge, type Change } from "./files.ts";

function fleetOf(...changes: Change[]) {
  const { fleet, faults } = judge(...changes);
  if (!fleet) throw new Error(faults.map(({ message }) => message).join("\n"));
  return fleet;
}

/** `host(phase): customers` for each host. */
const listing = (...changes: Change[]) => fleetOf(...changes).hosts.map(({ name, phase, customers }) => `${name}(${phase}): ${customers.map(({ slug }) => slug).join(" ")}`);

const STAGED: Change = ["c", "    phase: live\n", ""];

describe("which host lists whom", () => {
  const cases: [what: string, changes: Change[], listing: string[]][] = [
    ["shared customers together, a live dedicated one alone", [], ["shared(live): acme birch", "big(live): big"]],
    ["a staged dedicated customer on both", [STAGED], ["shared(live): acme birch big", "big(staged): big"]],
    ["a staged one on the shared host that it names", [["c", "    phase: live\n", "    host: shared-2\n"]], ["shared(live): acme birch", "shared-2(live): big", "big(staged): big"]],
    ["further shared hosts by number, dedicated ones by name", [
      ["c", "  - { slug: c10, name: C, tier: shared, host: shared-10 }\n  - { slug: c2, name: C, tier: shared, host: shared-2 }\n  - { slug: alder, name: Alder, tier: dedicated, phase: live }\n"],
    ], ["shared(live): acme birch", "shared-2(live): c2", "shared-10(live): c10", "alder(live): alder", "big(live): big"]],
    ["as many shared hosts as the platform says, also empty ones", [["h", "sharedHosts: 3\n"], ["c", "  - { slug: c2, name: C, tier: shared, host: shared-2 }\n"]], ["shared(live): acme birch", "shared-2(live): c2", "shared-3(live): ", "big(live): big"]],
    ["the shared host that a move left, for the way back", [["c", "    phase: live\n", "    phase: live\n    host: shared-2\n"]], ["shared(live): acme birch", "shared-2(live): ", "big(live): big"]],
    ["`shared` even without customers", [{ file: "c", text: "customers: []\n" }, ["h", "{ hosts: [big] }, ", ""]], ["shared(live): "]],
    ["suspended customers like others", [["c", "    name: Acme\n", "    name: Acme\n    status: suspended\n"]], ["shared(live): acme birch", "big(live): big"]],
  ];
  it.each(cases)("%s", (_what, changes, expected) => {
    expect(listing(...changes)).toEqual(expected);
  });
});

describe("hostnames", () => {
  it("of the first shared host: domain, wildcard and custom ones", () => {
    expect(fleetOf().host("shared")?.hostnames).toEqual(["example.com", "*.example.com", "shop.example.net"]);
  });
  it("of a further shared host: each customer's own, since the wildcard leads elsewhere", () => {
    const { hosts } = fleetOf(["c", "    hostnames: [shop.example.net]\n", "    hostnames: [shop.example.net]\n    host: shared-2\n"]);
    expect(hosts.map(({ hostnames }) => hostnames)).toEqual([["example.com", "*.example.com"], ["birch.example.com", "shop.example.net"], ["big.example.com"]]);
  });
  it("of a dedicated host: slug and custom ones", () => {
    const { hosts } = fleetOf(["c", "    phase: live\n", "    phase: live\n    hostnames: [big.example.net]\n"]);
    expect(hosts[1]?.hostnames).toEqual(["big.example.com", "big.example.net"]);
    expect(hosts[0]?.hostnames).not.toContain("big.example.net");
  });
  it("of a staged customer: custom ones at both hosts, so that either can serve it", () => {
    const { hosts } = fleetOf(["c", "    phase: live\n", "    hostnames: [big.example.net]\n"]);
    expect(hosts.map(({ hostnames }) => hostnames.includes("big.example.net"))).toEqual([true, true]);
  });
});

describe("what a host gets", () => {
  it("machine: the customer's before the tier's before the platform's", () => {
    const { hosts } = fleetOf(
      ["h", "    serverType: cx23\n", "    serverType: cx23\n    location: nbg1\n    volumeGigabytes: 50\n"],
      ["c", "    phase: live\n", "    phase: live\n    serverType: cx43\n    location: hel1\n"],
      ["c", "  - { slug: oak, name: Oak, tier: dedicated }\n"],
    );
    expect(hosts.map(({ name, serverType, location, volumeGigabytes }) => [name, serverType, location, volumeGigabytes]))
      .toEqual([["shared", "cx33", "fsn1", 10], ["big", "cx43", "hel1", 50], ["oak", "cx23", "nbg1", 50]]);
  });
  it("services: the platform's with the tier's differences, key by key", () => {
    const { hosts } = fleetOf(["h", "    serverType: cx23\n", "    serverType: cx23\n    services: { postgres: { memoryMegabytes: 2048 }, redis: { image: \"valkey:8\" } }\n"]);
    expect(hosts[0]?.services.postgres).toEqual({ image: "postgres:18", memoryMegabytes: 512 });
    expect(hosts[1]?.services.postgres).toEqual({ image: "postgres:18", memoryMegabytes: 2048 });
    expect(hosts[1]?.services.redis).toEqual({ image: "valkey:8", memoryMegabytes: 64 });
  });
  it("limits: the tier's with the customer's differences, key by key", () => {
    const { hosts } = fleetOf(["c", "    name: Acme\n", "    name: Acme\n    limits: { users: 30, apiCallsPerHour: 5 }\n"]);
    expect(hosts[0]?.customers.map(({ limits }) => limits)).toEqual([{ users: 30, storageMegabytes: 1000, apiCallsPerHour: 5 }, { users: 20, storageMegabytes: 1000 }]);
  });
  it("window: the customer's before the tier's; a shared host has its tier's", () => {
    const window = (day: string) => `    window: { days: [${day}], from: "01:00", to: "02:00", timeZone: Europe/Berlin }\n`;
    const { hosts } = fleetOf(
      ["h", "    serverType: cx23\n", `    serverType: cx23\n${window("mon")}`], ["h", "    serverType: cx33\n", `    serverType: cx33\n${window("tue")}`],
      ["c", "    phase: live\n", `    phase: live\n${window("wed")}`], ["c", "  - { slug: oak, name: Oak, tier: dedicated }\n"],
    );
    expect(hosts.map(({ name, window }) => [name, window?.days])).toEqual([["shared", ["tue"]], ["big", ["wed"]], ["oak", ["mon"]]]);
  });
  it("machine of shared hosts: `shared` has the first shared tier, others the first one that is used there", () => {
    const { hosts } = fleetOf(
      ["h", "  team: { placement: shared, serverType: cx43 }\n"],
      ["c", "  - { slug: oak, name: Oak, tier: team, host: shared-2 }\n  - { slug: elm, name: Elm, tier: team }\n"],
    );
    expect(hosts.map(({ name, tier, serverType }) => [name, tier, serverType])).toEqual([["shared", "shared", "cx33"], ["shared-2", "team", "cx43"], ["big", "dedicated", "cx23"]]);
  });
});

describe("lookup", () => {
  it("tells where a customer is, and where it will be", () => {
    const fleet = fleetOf(STAGED);
    expect(fleet.customer("acme")).toMatchObject({ customer: { slug: "acme" }, host: { name: "shared" } });
    expect(fleet.customer("acme")?.next).toBeUndefined();
    expect(fleet.customer("big")).toMatchObject({ host: { name: "shared" }, next: { name: "big", phase: "staged" } });
    expect(fleetOf().customer("big")).toMatchObject({ host: { name: "big" } });
    expect(fleet.customer("nobody")).toBeUndefined();
    expect(fleet.host("nobody")).toBeUndefined();
  });
  it("gives a value that nobody can change", () => {
    const fleet = fleetOf();
    expect(() => { fleet.hosts[0]!.customers[0]!.limits.users = 1; }).toThrow(TypeError);
    expect(() => { fleet.platform.tiers.shared!.serverType = "cx53"; }).toThrow(TypeError);
  });
  it("refuses what the rules would not have let through", () => {
    const { platform } = fleetOf();
    expect(() => derive(platform, [{ slug: "acme", name: "Acme", tier: "gone", status: "active", phase: "staged", hostnames: [], labels: {} }]))
      .toThrow("tier gone of customer acme does not exist; fleet() takes only what the rules accepted");
  });
});
