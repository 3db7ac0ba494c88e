/** Which firewalls hold for which server, and what they admit together. Pure. */
import type { FirewallRule } from "../machines/types.ts";
import { parseSelector } from "./labels.ts";
import type { AppliedTo, FirewallRecord, ServerRecord } from "./records.ts";

type Labelled = Pick<ServerRecord, "id" | "labels">;

export function covers(target: AppliedTo, server: Labelled): boolean {
  return target.type === "server" ? target.server.id === server.id : parseSelector(target.label_selector.selector)(server.labels);
}

export const firewallsOf = (firewalls: readonly FirewallRecord[], server: Labelled): FirewallRecord[] =>
  firewalls.filter((firewall) => firewall.appliedTo.some((target) => covers(target, server)));

/** All rules of all firewalls of a server; null when it has none, and so admits everything. */
export function rulesFor(firewalls: readonly FirewallRecord[], server: Labelled): FirewallRule[] | null {
  const applied = firewallsOf(firewalls, server);
  if (applied.length === 0) return null;
  return applied.flatMap((firewall) =>
    firewall.rules.map(({ direction, protocol, port, source_ips, destination_ips }) => ({ direction, protocol, port, source_ips, destination_ips })),
  );
}

export const sameTarget = (a: AppliedTo, b: AppliedTo): boolean =>
  a.type === "server"
    ? b.type === "server" && a.server.id === b.server.id
    : b.type === "label_selector" && a.label_selector.selector === b.label_selector.selector;
