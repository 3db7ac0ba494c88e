/** What the Hetzner emulator asks of the machines behind it. The API keeps the records; machines keep nothing but what is real. */

export interface MachineSpec {
  /** Hetzner server id. */
  id: number;
  name: string;
  /** Public IPv4 on the lab's bridge. */
  ipv4: string;
  /** Hetzner image name, for example `docker-ce` or `debian-12`. */
  image: string;
  cores: number;
  memoryGigabytes: number;
  diskGigabytes: number;
  /** cloud-config as given to POST /servers; "" when none. */
  userData: string;
  /** Public keys of the API's ssh_keys, for root, as cloud-init's meta-data hands them over. */
  publicKeys: string[];
  labels: Record<string, string>;
}

/** One rule as Hetzner has it; `port` is "80", "80-90" or absent (any). Only what a rule admits comes in; answers to what went out always do. */
export interface FirewallRule {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  port?: string | null;
  source_ips: string[];
  destination_ips: string[];
}

export type MachineState = "running" | "off" | "missing";

export interface Machines {
  /** Stops watching. The machines go on. */
  close(): Promise<void>;
  /** Every machine off as by its power cord, nothing mounted, no link left; disks and records stay. What was on boots again with `start`. */
  suspend(): Promise<void>;

  /** Makes the disk and the container and boots it. Resolves when PID 1 runs (not when cloud-init is done). */
  create(spec: MachineSpec): Promise<void>;
  start(id: number): Promise<void>;
  /** Power cord out. */
  stop(id: number): Promise<void>;
  /** ACPI button: systemd stops its units first. */
  shutdown(id: number): Promise<void>;
  reboot(id: number): Promise<void>;
  destroy(id: number): Promise<void>;
  /** Fresh disk from an image, same id and addresses. */
  rebuild(spec: MachineSpec): Promise<void>;
  /** New cores and memory (and disk, only larger); the machine is off. */
  resize(spec: MachineSpec): Promise<void>;
  state(id: number): Promise<MachineState>;

  createVolume(volume: number, gigabytes: number, format: "ext4" | "xfs"): Promise<void>;
  resizeVolume(volume: number, gigabytes: number): Promise<void>;
  destroyVolume(volume: number): Promise<void>;
  /** Appears at /mnt/HC_Volume_<volume> in the machine, at once when `automount`. */
  attachVolume(id: number, volume: number, automount: boolean): Promise<void>;
  detachVolume(volume: number): Promise<void>;

  createNetwork(network: number): Promise<void>;
  destroyNetwork(network: number): Promise<void>;
  /** `ip` with its prefix length, for example 10.0.1.2/24. */
  attachNetwork(id: number, network: number, ip: string, mac: string): Promise<void>;
  detachNetwork(id: number, network: number): Promise<void>;

  /** Replaces all rules on the machine's public interface; null admits everything (no firewall applied). */
  setFirewall(id: number, rules: FirewallRule[] | null): Promise<void>;

  /** Faults. */
  freeze(id: number): Promise<void>;
  thaw(id: number): Promise<void>;
  /** The machine dies as by a power cut and stays off. */
  kill(id: number): Promise<void>;
  /** No packet in or out of the public interface. */
  cut(id: number): Promise<void>;
  mend(id: number): Promise<void>;
  /** Takes every free byte of the machine's own disk; volumes keep theirs. */
  fill(id: number): Promise<void>;
  empty(id: number): Promise<void>;
  /** Leaves the machine hardly more memory than it uses now: what starts next meets the kernel's killer. Until `feed`. */
  starve(id: number): Promise<void>;
  feed(id: number): Promise<void>;
}
