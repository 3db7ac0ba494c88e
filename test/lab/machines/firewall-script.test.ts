import { describe, expect, it } from "vitest";
import { cutScript, firewallScript } from "../../../lab/machines/firewall.ts";
import type { FirewallRule } from "../../../lab/machines/types.ts";

const rule = (change: Partial<FirewallRule>): FirewallRule => ({
  direction: "in", protocol: "tcp", port: null, source_ips: [], destination_ips: [], ...change,
});

describe("firewallScript", () => {
  it("takes the firewall away when none is applied", () => {
    expect(firewallScript(null)).toBe("table inet etage_firewall\ndelete table inet etage_firewall\n");
  });

  it("admits nothing but answers when a firewall has no rules", () => {
    const script = firewallScript([]);
    expect(script).toContain("ct state established,related accept\n    drop");
    expect(script).not.toContain("chain outgoing");
  });

  it.each<[string, Partial<FirewallRule>, string]>([
    ["a port from anywhere", { port: "22", source_ips: ["0.0.0.0/0"] }, "ip saddr { 0.0.0.0/0 } tcp dport 22 accept"],
    ["a range of ports", { protocol: "udp", port: "80-90", source_ips: ["10.0.0.0/8"] }, "ip saddr { 10.0.0.0/8 } udp dport 80-90 accept"],
    ["any port", { port: "any", source_ips: ["10.1.2.3/32"] }, "ip saddr { 10.1.2.3/32 } meta l4proto tcp accept"],
    ["icmp over IPv4", { protocol: "icmp", source_ips: ["0.0.0.0/0"] }, "ip saddr { 0.0.0.0/0 } meta l4proto icmp accept"],
    ["icmp over IPv6", { protocol: "icmp", source_ips: ["::/0"] }, "ip6 saddr { ::/0 } meta l4proto icmpv6 accept"],
    ["gre", { protocol: "gre", source_ips: ["192.0.2.1"] }, "ip saddr { 192.0.2.1/32 } meta l4proto gre accept"],
    ["ranges within ranges, which nft refuses", { port: "443", source_ips: ["10.0.0.0/24", "10.0.0.0/8", "10.9.9.9/32"] }, "ip saddr { 10.0.0.0/8 } tcp dport 443 accept"],
  ])("admits %s", (_, change, expected) => {
    expect(firewallScript([rule(change)])).toContain(`    ${expected}\n`);
  });

  it("restricts what goes out as soon as one rule speaks of it", () => {
    const script = firewallScript([rule({ direction: "out", port: "53", protocol: "udp", destination_ips: ["9.9.9.9/32"] })]);
    expect(script).toContain("chain outgoing");
    expect(script).toContain("    ip daddr { 9.9.9.9/32 } udp dport 53 accept\n    drop");
  });
});

describe("cutScript", () => {
  it("drops both ways before anything else is asked, and mends", () => {
    expect(cutScript(true)).toMatch(/prerouting.*drop[\s\S]*postrouting.*drop/);
    expect(cutScript(false)).not.toContain("chain");
  });
});
