/** bin/lab down */
import { existsSync, rmSync } from "node:fs";
import { openLab } from "../context.ts";
import { control } from "../control/client.ts";
import { containersOf } from "../control/docker.ts";
import { readIdentity, type Identity } from "../control/identity.ts";
import { openMachines } from "../machines/docker.ts";
import { purge as purgeMachines } from "../machines/purge.ts";
import { stopRegistry } from "../registry/registry.ts";
import { stopStorage } from "../storage/storage.ts";
import { LabError } from "./errors.ts";
import { confirm, seconds, type Output } from "./output.ts";
import { endProcess, isAlive } from "./process.ts";

export interface DownOptions {
  purge: boolean;
  yes: boolean;
}

export async function down(directory: string, options: DownOptions, output: Output): Promise<void> {
  const start = performance.now();
  const identity = readIdentity(directory);
  if (!identity) {
    if (options.purge) rmSync(directory, { recursive: true, force: true });
    output.say(`There is no lab in ${directory}.`);
    return output.result({ number: null, down: true, purged: options.purge });
  }
  const question = `Delete lab ${identity.number} with all its servers, volumes and ${directory} for good?`;
  if (options.purge && !(await confirm(question, options.yes))) throw new LabError("Nothing was deleted.");

  await stopProcess(directory, identity, output);
  const lab = openLab(directory, identity.number, () => {});
  try {
    if (options.purge) {
      await output.step("containers, networks, volumes, mounts and rules gone", () => purgeMachines(lab));
    } else if ((await containersOf(lab.number)).some((one) => one.state !== "exited" && one.state !== "created")) {
      await output.step("machines, registry and object store off", async () => {
        const machines = await openMachines(lab);
        await Promise.all([machines.suspend(), stopRegistry(lab), stopStorage(lab)]);
      });
    }
  } finally {
    lab.database.close();
  }
  if (options.purge) rmSync(directory, { recursive: true, force: true });
  const left = options.purge ? "Nothing of it is left" : "Its state is kept: bin/lab up brings everything back";
  output.say(`Lab ${identity.number} is down (${seconds(start)}). ${left}.`);
  if (options.purge && existsSync(directory)) throw new LabError(`${directory} could not be removed.`);
  output.result({ number: identity.number, down: true, purged: options.purge });
}

async function stopProcess(directory: string, identity: Identity, output: Output): Promise<void> {
  const { pid } = identity;
  if (!pid || !isAlive(directory, pid)) return;
  await output.step(`process ${pid} ended`, async () => {
    const told = await control(directory, identity, "POST", "/stop").catch(() => undefined);
    if (!told) process.kill(pid, "SIGTERM");
    await endProcess(directory, pid, 60);
  });
}
