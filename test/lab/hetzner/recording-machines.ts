/** Machines that only remember what they were asked, and refuse what real ones would refuse: so the API's own faults show. */
import { setTimeout as sleep } from "node:timers/promises";
import type { FirewallRule, Machines, MachineSpec, MachineState } from "../../../lab/machines/types.ts";

interface Remembered {
  spec: MachineSpec;
  running: boolean;
  rules: FirewallRule[] | null;
  networks: Map<number, { ip: string; mac: string }>;
}

export interface RecordingMachines extends Machines {
  made: Map<number, Remembered>;
  volumes: Map<number, { gigabytes: number; machine: number | null }>;
  networks: Set<number>;
  /** The next calls of this name fail with the message. */
  failNext(call: keyof Machines, message: string, times?: number): void;
}

/** @param delay milliseconds that every change takes. */
export function recordingMachines(delay = 0): RecordingMachines {
  const made: RecordingMachines["made"] = new Map();
  const volumes: RecordingMachines["volumes"] = new Map();
  const networks = new Set<number>();
  const failures = new Map<string, { message: string; times: number }>();

  const machine = (id: number) => made.get(id) ?? refuse(`no machine ${id}`);
  const volume = (id: number) => volumes.get(id) ?? refuse(`no volume ${id}`);

  async function step(name: keyof Machines): Promise<void> {
    if (delay > 0) await sleep(delay);
    const failure = failures.get(name);
    if (!failure || failure.times-- <= 0) return;
    refuse(failure.message);
  }
  async function power(name: keyof Machines, id: number, before: boolean, after: boolean): Promise<void> {
    await step(name);
    if (machine(id).running !== before) refuse(`machine ${id} is ${before ? "off" : "running"} already`);
    machine(id).running = after;
  }

  return {
    made,
    volumes,
    networks,
    failNext: (call, message, times = 1) => void failures.set(call, { message, times }),
    async create(spec) {
      await step("create");
      if (made.has(spec.id)) refuse(`machine ${spec.id} exists`);
      const twin = [...made.values()].find((other) => other.spec.ipv4 === spec.ipv4);
      if (twin) refuse(`address ${spec.ipv4} is that of machine ${twin.spec.id}`);
      made.set(spec.id, { spec, running: true, rules: null, networks: new Map() });
    },
    start: (id) => power("start", id, false, true),
    stop: (id) => power("stop", id, true, false),
    shutdown: (id) => power("shutdown", id, true, false),
    reboot: (id) => power("reboot", id, true, true),
    async destroy(id) {
      await step("destroy");
      if ([...volumes.values()].some((other) => other.machine === id)) refuse(`machine ${id} still has a volume`);
      made.delete(id);
    },
    async rebuild(spec) {
      await step("rebuild");
      machine(spec.id).spec = spec;
      machine(spec.id).running = true;
    },
    async resize(spec) {
      await step("resize");
      if (machine(spec.id).running) refuse(`machine ${spec.id} is running`);
      machine(spec.id).spec = spec;
    },
    state: async (id): Promise<MachineState> => (made.has(id) ? (made.get(id)!.running ? "running" : "off") : "missing"),
    async createVolume(id, gigabytes) {
      await step("createVolume");
      if (volumes.has(id)) refuse(`volume ${id} exists`);
      volumes.set(id, { gigabytes, machine: null });
    },
    async resizeVolume(id, gigabytes) {
      await step("resizeVolume");
      volume(id).gigabytes = gigabytes;
    },
    async destroyVolume(id) {
      await step("destroyVolume");
      if (volume(id).machine !== null) refuse(`volume ${id} is attached`);
      volumes.delete(id);
    },
    async attachVolume(id, which) {
      await step("attachVolume");
      machine(id);
      const { machine: holder } = volume(which);
      if (holder !== null && holder !== id) refuse(`volume ${which} is attached to machine ${holder}`);
      volume(which).machine = id;
    },
    async detachVolume(which) {
      await step("detachVolume");
      volume(which).machine = null;
    },
    async createNetwork(id) {
      await step("createNetwork");
      networks.add(id);
    },
    async destroyNetwork(id) {
      await step("destroyNetwork");
      const user = [...made.values()].find((other) => other.networks.has(id));
      if (user) refuse(`network ${id} is used by machine ${user.spec.id}`);
      networks.delete(id);
    },
    async attachNetwork(id, network, ip, mac) {
      await step("attachNetwork");
      if (!networks.has(network)) refuse(`no network ${network}`);
      machine(id).networks.set(network, { ip, mac });
    },
    async detachNetwork(id, network) {
      await step("detachNetwork");
      machine(id).networks.delete(network);
    },
    async setFirewall(id, rules) {
      await step("setFirewall");
      machine(id).rules = rules;
    },
    freeze: () => step("freeze"),
    thaw: () => step("thaw"),
    async kill(id) {
      await step("kill");
      machine(id).running = false;
    },
    cut: () => step("cut"),
    mend: () => step("mend"),
    fill: () => step("fill"),
    empty: () => step("empty"),
    starve: () => step("starve"),
    feed: () => step("feed"),
    close: async () => undefined,
    suspend: async () => undefined,
  };
}

function refuse(message: string): never {
  throw new Error(message);
}
