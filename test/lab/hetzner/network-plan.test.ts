import { describe, expect, it } from "vitest";
import { documentationPrefix, freeBlock, rangeOf, toText } from "../../../lab/hetzner/addresses.ts";
import { checkAliases, checkRoute, chooseAddress, planSubnet } from "../../../lab/hetzner/network-plan.ts";
import type { Subnet } from "../../../lab/hetzner/records.ts";

const subnet = (ip_range: string, network_zone = "eu-central"): Subnet => ({ type: "cloud", ip_range, network_zone, gateway: "10.0.0.1", vswitch_id: null });
const network = (...subnets: Subnet[]) => ({ ipRange: "10.0.0.0/16", subnets, routes: [{ destination: "10.0.200.0/24", gateway: "10.0.1.5" }] });
const code = (work: () => unknown) => {
  try {
    work();
    return "fine";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("addresses for servers", () => {
  it.each([
    ["the first of the subnet", network(subnet("10.0.1.0/24")), [], {}, "10.0.1.1"],
    ["not the network's gateway", network(subnet("10.0.0.0/24")), [], {}, "10.0.0.2"],
    ["not one that is taken", network(subnet("10.0.1.0/24")), ["10.0.1.1", "10.0.1.2"], {}, "10.0.1.3"],
    ["of the next subnet when one is full", network(subnet("10.0.1.0/30"), subnet("10.0.2.0/30")), ["10.0.1.1", "10.0.1.2"], {}, "10.0.2.1"],
    ["of the subnet in the server's zone", network(subnet("10.0.1.0/24", "us-east"), subnet("10.0.2.0/24")), [], {}, "10.0.2.1"],
    ["of the subnet asked for", network(subnet("10.0.1.0/24"), subnet("10.0.2.0/24")), [], { ip_range: "10.0.2.0/24" }, "10.0.2.1"],
    ["as asked for", network(subnet("10.0.1.0/24")), [], { ip: "10.0.1.77" }, "10.0.1.77"],
  ])("%s", (_, shape, taken, wanted, expected) => {
    expect(chooseAddress(shape, taken, "eu-central", wanted)).toBe(expected);
  });

  it.each([
    [network(), [], {}, "no_subnet_available"],
    [network(subnet("10.0.1.0/30")), ["10.0.1.1", "10.0.1.2"], {}, "no_subnet_available"],
    [network(subnet("10.0.1.0/24", "us-west")), [], {}, "no_subnet_available"],
    [network(subnet("10.0.1.0/24")), [], { ip: "10.0.2.5" }, "ip_not_available"],
    [network(subnet("10.0.1.0/24")), ["10.0.1.5"], { ip: "10.0.1.5" }, "ip_not_available"],
    [network(subnet("10.0.0.0/24")), [], { ip: "10.0.0.1" }, "ip_not_available"],
    [network(subnet("10.0.1.0/24")), [], { ip: "10.0.1.255" }, "ip_not_available"],
  ])("%#: %s", (shape, taken, wanted, expected) => {
    expect(code(() => chooseAddress(shape, taken, "eu-central", wanted))).toBe(expected);
  });

  it.each([[["10.0.1.9"], "fine"], [["10.0.1.9", "10.0.1.9"], "ip_not_available"], [["10.0.1.1"], "ip_not_available"], [["10.0.9.9"], "ip_not_available"]])("aliases %j: %s", (aliases, expected) => {
    expect(code(() => checkAliases(network(subnet("10.0.1.0/24")), ["10.0.1.1"], aliases))).toBe(expected);
  });
});

describe("subnets", () => {
  const plan = (ip_range?: string, type: Subnet["type"] = "cloud", vswitch_id?: number) => planSubnet(network(subnet("10.0.0.0/24")), { type, ip_range, network_zone: "eu-central", vswitch_id });
  it("takes the first free /24 without a range", () => expect(plan()).toMatchObject({ ip_range: "10.0.1.0/24", gateway: "10.0.0.1" }));
  it.each([["10.0.1.0/24", "fine"], ["10.0.0.128/25", "invalid_input"], ["10.0.200.0/25", "invalid_input"], ["10.1.0.0/24", "invalid_input"], ["10.0.1.1/24", "invalid_input"], ["10.0.1.0/31", "invalid_input"], ["fe80::/64", "invalid_input"], ["10.0.1", "invalid_input"]])(
    "%s: %s",
    (range, expected) => expect(code(() => plan(range))).toBe(expected),
  );
  it("wants a vSwitch's id for a vSwitch, and only there", () => {
    expect([code(() => plan("10.0.1.0/24", "vswitch")), code(() => plan("10.0.1.0/24", "vswitch", 5)), code(() => plan("10.0.1.0/24", "cloud", 5))]).toEqual(["invalid_input", "fine", "invalid_input"]);
  });
});

describe("routes", () => {
  it.each([
    ["10.100.0.0/24", "10.0.0.9", "fine"],
    ["0.0.0.0/0", "10.0.0.9", "fine"],
    ["8.8.8.0/24", "10.0.0.9", "invalid_input"],
    ["10.0.200.0/24", "10.0.0.9", "invalid_input"],
    ["10.0.1.0/25", "10.0.0.9", "invalid_input"],
    ["172.31.1.0/24", "10.0.0.9", "invalid_input"],
    ["10.100.0.0/24", "10.0.0.1", "invalid_input"],
    ["10.100.0.0/24", "10.1.0.9", "invalid_input"],
  ])("%s by %s: %s", (destination, gateway, expected) => {
    expect(code(() => checkRoute(network(subnet("10.0.1.0/24")), { destination, gateway }))).toBe(expected);
  });
});

describe("arithmetic", () => {
  it.each([["10.0.0.5/24", 0x0a000000, 0x0a0000ff], ["255.255.255.255/32", 0xffffffff, 0xffffffff], ["0.0.0.0/0", 0, 0xffffffff]])("%s", (text, first, last) => {
    expect(rangeOf(text)).toMatchObject({ first, last });
    expect(toText(first)).toBe(first === 0 ? "0.0.0.0" : toText(first));
  });
  it("finds no block in a full range", () => expect(freeBlock(rangeOf("10.0.0.0/24"), 24, [rangeOf("10.0.0.64/30")])).toBeUndefined());
  it("gives every lab and id its own documentation prefix", () => {
    expect(documentationPrefix(7, 1001)).toBe("2001:db8:700:3e9::/64");
    expect(new Set([1, 2, 65_537].flatMap((id) => [1, 2].map((lab) => documentationPrefix(lab, id)))).size).toBe(6);
  });
});
