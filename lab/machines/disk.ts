/** A machine's own disk: a sparse file of the server type's size that begins with the service images preloaded. */
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { rootAuthority } from "../ca.ts";
import { ports, type Lab } from "../context.ts";
import { run } from "./command.ts";
import { mountFile, releaseLoop, unmountAndRemove } from "./mounts.ts";
import { diskFile, diskMount } from "./names.ts";
import { seedFiles } from "./seed.ts";
import type { MachineSpec } from "./types.ts";

/** Writes a fresh disk, overwriting what was there. `template` is the file of lab/images. */
export async function createDisk(lab: Lab, spec: MachineSpec, template: string): Promise<void> {
  const file = diskFile(lab, spec.id);
  await destroyDisk(lab, spec.id);
  await mkdir(dirname(file), { recursive: true });
  await run("cp", ["--sparse=always", "--reflink=auto", template, file]);
  await grow(file, spec.diskGigabytes);
  await mountDisk(lab, spec.id);
  await writeSeed(lab, spec);
}

export async function mountDisk(lab: Lab, id: number): Promise<void> {
  await mountFile(diskFile(lab, id), diskMount(lab, id));
}

export async function unmountDisk(lab: Lab, id: number): Promise<void> {
  await unmountAndRemove(diskMount(lab, id));
  await releaseLoop(diskFile(lab, id));
}

/** Larger only; the machine is off. */
export async function growDisk(lab: Lab, id: number, gigabytes: number): Promise<void> {
  await unmountDisk(lab, id);
  // A disk that was in use: resize2fs insists on a check first, whose status 1 means "mended".
  await run("e2fsck", ["-f", "-p", diskFile(lab, id)], { mayFail: true });
  await grow(diskFile(lab, id), gigabytes);
}

export async function destroyDisk(lab: Lab, id: number): Promise<void> {
  await unmountDisk(lab, id);
  await rm(diskFile(lab, id), { force: true });
}

async function grow(file: string, gigabytes: number): Promise<void> {
  await run("truncate", ["--size", `>${gigabytes}G`, file]);
  // forced: the template is known to be clean, a check of it costs more than the copy
  await run("resize2fs", ["-f", file]);
}

// What Hetzner would hand over through its metadata service lies on the disk before the first boot.
async function writeSeed(lab: Lab, spec: MachineSpec): Promise<void> {
  const authority = await rootAuthority(lab);
  const files = seedFiles(spec, { registry: `${lab.subnet(3)}:${ports.registry}`, authority: authority.pem, instance: `${spec.id}-${Date.now()}` });
  for (const { path, content, mode } of files) {
    const target = join(diskMount(lab, spec.id), "upper", path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
    await chmod(target, mode);
  }
}
