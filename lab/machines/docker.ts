/** The machines of a lab, as containers. */
import { availableParallelism } from "node:os";
import type { Lab } from "../context.ts";
import { readRecipes } from "../images/recipes.ts";
import { attachments } from "./attachments.ts";
import { createBridge } from "./bridge.ts";
import { docker, tryDocker } from "./command.ts";
import { createArguments } from "./container.ts";
import { createDisk, destroyDisk, growDisk, mountDisk, unmountDisk } from "./disk.ts";
import { faults } from "./faults.ts";
import { ensureControlGroups, grantsSysResource } from "./kernel.ts";
import { releaseLoop, shareFolder, unmount, unmountAndRemove } from "./mounts.ts";
import { containerName, exportsFolder, networkBridge, volumeFile } from "./names.ts";
import { destroyNetworkBridge, unplug } from "./network.ts";
import { plugAll, showVolumes } from "./plug.ts";
import { Queue } from "./queue.ts";
import { openRecords } from "./records.ts";
import { containerStatus, ended, halt } from "./power.ts";
import type { MachineSpec, Machines, MachineState } from "./types.ts";
import { rebooted, watchMachines } from "./watch.ts";

/** Opens the machines of a lab (images and bridge must be there). Those that still run are watched from now on. */
export async function openMachines(lab: Lab): Promise<Machines> {
  await ensureControlGroups();
  const { all, machineDisk } = readRecipes();
  const records = openRecords(lab);
  const queue = new Queue();
  const bounds = { processors: availableParallelism(), sysResource: grantsSysResource() };
  const name = (id: number) => containerName(lab, id);

  async function state(id: number): Promise<MachineState> {
    if (!records.machines.find(id)) return "missing";
    const status = await containerStatus(name(id));
    return status === "running" || status === "paused" ? "running" : "off";
  }

  async function boot(id: number): Promise<void> {
    const { spec } = records.machines.need(id);
    records.machines.change(id, { on: true });
    if ((await state(id)) === "running") return;
    await mountDisk(lab, id);
    await shareFolder(exportsFolder(lab, id));
    if ((await containerStatus(name(id))) === undefined) await docker(createArguments(lab, spec, all.machine.tag, bounds));
    // volumes first: containers inside that start with the machine must not find an empty folder
    await showVolumes(lab, records, id);
    await docker(["start", name(id)]);
    await plugAll(lab, records, id);
  }

  async function powerCut(id: number): Promise<void> {
    if (records.machines.find(id)) records.machines.change(id, { on: false });
    await halt(name(id));
  }

  async function remove(id: number): Promise<void> {
    await tryDocker(["rm", "--force", "--volumes", name(id)]);
  }

  async function create(spec: MachineSpec): Promise<void> {
    await remove(spec.id);
    const known = records.machines.find(spec.id);
    records.machines.put(spec.id, { rules: null, cut: false, networks: [], ...known, spec, on: true });
    await createDisk(lab, spec, machineDisk);
    await boot(spec.id);
  }

  async function destroy(id: number): Promise<void> {
    await remove(id);
    for (const [volume, { server }] of records.volumes.all()) if (server === id) await attached.detachVolume(volume);
    for (const { network } of records.machines.find(id)?.networks ?? []) await unplug(lab, id, network);
    await destroyDisk(lab, id);
    await unmountAndRemove(exportsFolder(lab, id));
    records.machines.remove(id);
  }

  async function resize(spec: MachineSpec): Promise<void> {
    const before = records.machines.need(spec.id);
    await remove(spec.id);
    if (spec.diskGigabytes > before.spec.diskGigabytes) await growDisk(lab, spec.id, spec.diskGigabytes);
    records.machines.change(spec.id, { spec });
  }

  async function reboot(id: number): Promise<void> {
    await docker(["kill", "--signal", "SIGRTMIN+5", name(id)]);
    await ended(name(id));
    await boot(id);
  }

  async function shutdown(id: number): Promise<void> {
    records.machines.change(id, { on: false });
    await docker(["kill", "--signal", "SIGRTMIN+4", name(id)]);
    await ended(name(id));
  }

  async function suspendOne(id: number): Promise<void> {
    await halt(name(id));
    await unmountDisk(lab, id);
    await unmount(exportsFolder(lab, id));
    for (const [volume, { server }] of records.volumes.all()) if (server === id) await releaseLoop(volumeFile(lab, volume));
  }

  const attached = attachments(lab, records);
  const faulty = faults(lab, records);
  const inTurn = <T extends unknown[]>(work: (id: number, ...rest: T) => Promise<void>) => (id: number, ...rest: T) => queue.run(id, () => work(id, ...rest));
  const report = (what: string, id: number) => (error: unknown) => lab.log(`machine ${id}: ${what}: ${String(error)}`);

  const stopWatching = watchMachines(lab, {
    started: (id) => void queue.run(id, () => plugAll(lab, records, id)).catch(report("plugging in after its start failed", id)),
    ended: (id, exitCode) => void queue.run(id, () => afterEnd(id, exitCode)).catch(report("starting it again failed", id)),
    lost: () => void createBridge(lab).then(bootAll).catch((error: unknown) => lab.log(`machines: after the Docker engine came back: ${String(error)}`)),
  });

  // those that were on when the Docker engine went away
  function bootAll(): void {
    for (const [id, { on }] of records.machines.all()) if (on) void queue.run(id, () => boot(id)).catch(report("starting it again failed", id));
  }

  async function afterEnd(id: number, exitCode: number): Promise<void> {
    const record = records.machines.find(id);
    if (!record?.on || (await state(id)) === "running") return;
    if (exitCode === rebooted) await boot(id);
    else if (exitCode === poweredOff) records.machines.change(id, { on: false });
  }

  return {
    close: stopWatching,
    async suspend() {
      await stopWatching();
      await Promise.all(records.machines.all().map(([id]) => suspendOne(id)));
    },
    create: (spec) => queue.run(spec.id, () => create(spec)),
    start: inTurn(boot),
    stop: inTurn(powerCut),
    shutdown: inTurn(shutdown),
    reboot: inTurn(reboot),
    destroy: inTurn(destroy),
    rebuild: (spec) => queue.run(spec.id, () => create(spec)),
    resize: (spec) => queue.run(spec.id, () => resize(spec)),
    state,
    ...attached,
    attachNetwork: inTurn(attached.attachNetwork),
    detachNetwork: inTurn(attached.detachNetwork),
    setFirewall: inTurn(attached.setFirewall),
    destroyNetwork: (network) => destroyNetworkBridge(networkBridge(lab, network)),
    ...faulty,
    kill: inTurn(powerCut),
    cut: inTurn(faulty.cut),
    mend: inTurn(faulty.mend),
    fill: inTurn(faulty.fill),
    empty: inTurn(faulty.empty),
  };
}

const poweredOff = 128 + 2;
