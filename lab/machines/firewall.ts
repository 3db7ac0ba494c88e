/** Hetzner's firewall as nftables rules in the machine's network namespace, out of reach of its own tables. Pure. */
import ipaddr from "ipaddr.js";
import type { FirewallRule } from "./types.ts";

const publicLink = "eth0";

/**
 * Input of `nft -f -` that replaces the machine's firewall; null takes it away. The hooks lie after connection tracking
 * and before address translation, so that ports published by the Docker engine inside are covered too.
 */
export function firewallScript(rules: FirewallRule[] | null): string {
  const clear = ["table inet etage_firewall", "delete table inet etage_firewall"];
  if (!rules) return `${clear.join("\n")}\n`;
  const into = rules.filter((rule) => rule.direction === "in").flatMap((rule) => statements(rule, "saddr", rule.source_ips));
  const out = rules.filter((rule) => rule.direction === "out").flatMap((rule) => statements(rule, "daddr", rule.destination_ips));
  return `${[
    ...clear,
    "table inet etage_firewall {",
    ...chain("incoming", "prerouting", `iifname != "${publicLink}" accept`, into),
    // without any rule for what goes out, everything may
    ...(out.length > 0 || rules.some((rule) => rule.direction === "out") ? chain("outgoing", "postrouting", `oifname != "${publicLink}" accept`, out) : []),
    "}",
  ].join("\n")}\n`;
}

/** Input of `nft -f -` that silences the public interface entirely, or lets it speak again. */
export function cutScript(cut: boolean): string {
  const clear = "table inet etage_cut\ndelete table inet etage_cut\n";
  if (!cut) return clear;
  return `${clear}table inet etage_cut {
  chain incoming { type filter hook prerouting priority raw - 10; iifname "${publicLink}" drop; }
  chain outgoing { type filter hook postrouting priority 300; oifname "${publicLink}" drop; }
}
`;
}

function chain(name: string, hook: string, elsewhere: string, admitted: string[]): string[] {
  const lines = [elsewhere, "ct state established,related accept", ...admitted, "drop"];
  return [`  chain ${name} {`, `    type filter hook ${hook} priority mangle; policy accept;`, ...lines.map((line) => `    ${line}`), "  }"];
}

function statements(rule: FirewallRule, side: "saddr" | "daddr", ranges: string[]): string[] {
  return byFamily(ranges).map(({ family, elements }) => {
    const wanted = rule.protocol === "icmp" && family === "ip6" ? "icmpv6" : rule.protocol;
    const what = rule.port && rule.port !== "any" ? `${rule.protocol} dport ${rule.port}` : `meta l4proto ${wanted}`;
    return `${family} ${side} { ${elements.join(", ")} } ${what} accept`;
  });
}

function byFamily(ranges: string[]): { family: "ip" | "ip6"; elements: string[] }[] {
  const parsed = ranges.map((range) => (range.includes("/") ? ipaddr.parseCIDR(range) : hostRange(range)));
  return (["ip", "ip6"] as const)
    .map((family) => ({ family, elements: widest(parsed.filter(([address]) => address.kind() === (family === "ip" ? "ipv4" : "ipv6"))) }))
    .filter(({ elements }) => elements.length > 0);
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

function hostRange(address: string): Range {
  const parsed = ipaddr.parse(address);
  return [parsed, parsed.kind() === "ipv4" ? 32 : 128];
}

// nft refuses ranges that overlap within one set: only those that no other holds remain.
function widest(ranges: Range[]): string[] {
  const kept: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a[1] - b[1])) {
    if (!kept.some(([address, prefix]) => range[0].match(address as never, prefix))) kept.push(range);
  }
  return kept.map(([address, prefix]) => `${address.toString()}/${prefix}`);
}
