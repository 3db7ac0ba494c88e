/** What the emulator keeps of each resource. The API's JSON is made from these by the views beside each resource. */
import type { FirewallRule } from "../machines/types.ts";
import type { Labels } from "./labels.ts";

/** All times are RFC 3339 in UTC. */
interface Named {
  id: number;
  name: string;
  created: string;
  labels: Labels;
}

export type ServerStatus = "initializing" | "starting" | "running" | "stopping" | "off" | "migrating" | "rebuilding" | "unknown";

export interface PrivateNet {
  network: number;
  ip: string;
  alias_ips: string[];
  mac_address: string;
}

export interface ServerRecord extends Named {
  status: ServerStatus;
  serverType: number;
  image: number;
  location: string;
  userData: string;
  publicKeys: string[];
  /** IPv4 on the lab's bridge. That of the primary IP, or one of its own behind closed rules when the server has none. */
  address: string;
  privateNet: PrivateNet[];
  placementGroup: number | null;
  protection: { delete: boolean; rebuild: boolean };
  backupWindow: string | null;
  primaryDiskSize: number;
}

/** A deleted server whose machine is still to be taken down. */
export interface GraveRecord {
  id: number;
  server: number;
  address: string;
  volumes: number[];
}

export interface ActionRecord {
  id: number;
  command: string;
  status: "running" | "success" | "error";
  progress: number;
  started: string;
  finished: string | null;
  error: { code: string; message: string } | null;
  resources: { id: number; type: string }[];
}

export interface Subnet {
  type: "cloud" | "server" | "vswitch";
  ip_range: string;
  network_zone: string;
  gateway: string;
  vswitch_id: number | null;
}

export interface NetworkRecord extends Named {
  ipRange: string;
  subnets: Subnet[];
  routes: { destination: string; gateway: string }[];
  exposeRoutesToVswitch: boolean;
  protection: { delete: boolean };
}

export type AppliedTo = { type: "server"; server: { id: number } } | { type: "label_selector"; label_selector: { selector: string } };

export interface FirewallRecord extends Named {
  rules: (FirewallRule & { description: string | null })[];
  appliedTo: AppliedTo[];
}

export interface PrimaryIpRecord extends Named {
  type: "ipv4" | "ipv6";
  ip: string;
  location: string;
  assignee: number | null;
  autoDelete: boolean;
  dnsPtr: { ip: string; dns_ptr: string }[];
  protection: { delete: boolean };
}

export interface VolumeRecord extends Named {
  size: number;
  location: string;
  server: number | null;
  /** Whether it shows in the machine by itself. */
  automount: boolean;
  format: "ext4" | "xfs" | null;
  status: "creating" | "available";
  protection: { delete: boolean };
}

export interface SshKeyRecord extends Named {
  fingerprint: string;
  publicKey: string;
}

export interface PlacementGroupRecord extends Named {
  type: "spread";
}

export interface Kinds {
  server: ServerRecord;
  grave: GraveRecord;
  action: ActionRecord;
  network: NetworkRecord;
  firewall: FirewallRecord;
  primary_ip: PrimaryIpRecord;
  volume: VolumeRecord;
  ssh_key: SshKeyRecord;
  placement_group: PlacementGroupRecord;
}
export type Kind = keyof Kinds;

export const kinds: readonly Kind[] = [
  "server", "grave", "action", "network", "firewall", "primary_ip", "volume", "ssh_key", "placement_group",
];
