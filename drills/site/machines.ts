/** The machines of a site, seen and hurt from outside: through the lab, never through the program that is tried. */
import { globSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { control, type Status } from "../../lab/control/client.ts";
import { readIdentity } from "../../lab/control/identity.ts";
import type { MachineFault, RegistryFault, StorageFault } from "../../lab/faults/machine.ts";
import { containerName, exportsFolder } from "../../lab/machines/names.ts";
import { serverName } from "../../model/names.ts";
import { readModel } from "../../model/read.ts";
import { execute } from "./command.ts";
import type { Site } from "./site.ts";

export interface Machines {
  /** Names of the platform's hosts. */
  hosts: string[];
  fault(host: string, fault: MachineFault): Promise<void>;
  registry(fault: RegistryFault): Promise<void>;
  /** Of the store that backups go to. */
  storage(fault: StorageFault): Promise<void>;
  /** Whether there was a machine of that host when this was asked for. */
  has(host: string): boolean;
  /** Runs a script as root in the machine; throws with its output when it fails. */
  inside(host: string, script: string): Promise<string>;
  /** Which fault a release made by drills/release/context has from now on; null: none. */
  tell(host: string, fault: string | null): void;
}

export async function machinesOf({ directory }: Site): Promise<Machines> {
  const { fleet } = readModel(directory);
  const state = join(directory, ".lab");
  const identity = readIdentity(state);
  if (!identity) throw new Error(`there is no lab in ${state}`);
  const status = await control<Status>(state, identity, "GET", "/status");
  if (!status) throw new Error(`the lab in ${state} is not up`);
  const serverOf = (host: string) => status.servers.find(({ name }) => name === serverName(fleet.platform.name, host));
  const idOf = (host: string): number => {
    const server = serverOf(host);
    if (!server) throw new Error(`the lab has no machine for host ${host}`);
    return server.id;
  };
  return {
    hosts: fleet.hosts.map(({ name }) => name),
    has: (host) => serverOf(host) !== undefined,
    fault: async (host, fault) => void await control(state, identity, "POST", `/machines/${serverName(fleet.platform.name, host)}/${fault}`),
    registry: async (fault) => void await control(state, identity, "POST", `/registry/${fault}`),
    storage: async (fault) => void await control(state, identity, "POST", `/storage/${fault}`),
    async inside(host, script) {
      const { code, stdout, stderr } = await execute(["docker", "exec", containerName(identity, idOf(host)), "sh", "-c", script], directory, {}, { timeoutMs: 60_000 });
      if (code !== 0) throw new Error(`${host}: ${script.trim().split("\n")[0]} … ended with ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    tell(host, fault) {
      for (const folder of globSync(join(exportsFolder({ directory: state }, idOf(host)), "*/uploads"))) {
        const file = join(folder, ".fault");
        if (fault === null) rmSync(file, { force: true });
        else writeFileSync(file, fault, { mode: 0o644 });
      }
    },
  };
}
