/** Private networks: one bridge without an address each, and cables from it into machines. */
import type { Lab } from "../context.ts";
import { run } from "./command.ts";
import { cableName, networkBridge } from "./names.ts";

const ip = (...args: string[]): Promise<string> => run("ip", args);
const tryIp = (...args: string[]): Promise<string | undefined> => run("ip", args, { mayFail: true });

export async function createNetworkBridge(lab: Lab, network: number): Promise<void> {
  const bridge = networkBridge(lab, network);
  if ((await tryIp("link", "show", "dev", bridge)) !== undefined) return;
  await ip("link", "add", "name", bridge, "type", "bridge");
  await ip("link", "set", "dev", bridge, "up");
  await admit(bridge);
}

export async function destroyNetworkBridge(bridge: string): Promise<void> {
  await tryIp("link", "delete", "dev", bridge);
  while ((await run("iptables", ["-w", "-D", ...admission(bridge)], { mayFail: true })) !== undefined);
}

// Docker sets the policy of FORWARD to drop; where br_netfilter is on, that meets bridged frames too.
const admission = (bridge: string): string[] => ["FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT"];

async function admit(bridge: string): Promise<void> {
  if ((await run("iptables", ["-w", "-C", ...admission(bridge)], { mayFail: true })) === undefined) await run("iptables", ["-w", "-I", ...admission(bridge)]);
}

/** Runs a program in the network namespace of process `pid`. */
export const inside = (pid: number, program: string, args: string[], input?: string): Promise<string> =>
  run("nsenter", ["--target", String(pid), "--net", program, ...args], input === undefined ? {} : { input });

/** Interfaces are named as Hetzner's images name them: enp7s0, enp8s0, … in the order of attachment. */
export const interfaceName = (position: number): string => `enp${7 + position}s0`;

/** Plugs the running machine into the network; nothing happens when the cable is there. */
export async function plug(lab: Lab, pid: number, id: number, link: { network: number; ip: string; mac: string; name: string }): Promise<void> {
  const cable = cableName(lab, id, link.network);
  if ((await tryIp("link", "show", "dev", cable)) !== undefined) return;
  await createNetworkBridge(lab, link.network);
  await ip("link", "add", "name", cable, "mtu", "1450", "type", "veth", "peer", "name", link.name, "mtu", "1450", "address", link.mac, "netns", String(pid));
  await ip("link", "set", "dev", cable, "master", networkBridge(lab, link.network), "up");
  await inside(pid, "ip", ["address", "add", link.ip, "dev", link.name]);
  await inside(pid, "ip", ["link", "set", "dev", link.name, "up"]);
}

export async function unplug(lab: Lab, id: number, network: number): Promise<void> {
  await tryIp("link", "delete", "dev", cableName(lab, id, network));
}
