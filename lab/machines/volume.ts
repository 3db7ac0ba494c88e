/** Volumes: sparse files with a file system, kept apart from machines so that they outlive them. */
import { rm, stat } from "node:fs/promises";
import type { Lab } from "../context.ts";
import { readRecipes } from "../images/recipes.ts";
import { run } from "./command.ts";
import { loopDevice, mountFile, releaseLoop, unmountAndRemove } from "./mounts.ts";
import { volumeFile, volumeMount } from "./names.ts";
import type { Records } from "./records.ts";

export async function createVolumeFile(lab: Lab, records: Records, volume: number, gigabytes: number, format: "ext4" | "xfs"): Promise<void> {
  const file = volumeFile(lab, volume);
  await rm(file, { force: true });
  await run("truncate", ["--size", `${gigabytes}G`, file]);
  if (format === "xfs") await run("docker", ["run", "--rm", "--network", "none", "--volume", `${file}:/volume`, xfsTools(), "mkfs.xfs", "-q", "/volume"]);
  else await run("mkfs.ext4", ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", file]);
  records.volumes.put(volume, { gigabytes, format });
}

// The machine's image has them; so this machine need not.
const xfsTools = (): string => readRecipes().all.machine.tag;

/**
 * Larger only. As at Hetzner the device grows and the file system on it does not: `resize2fs` (or `xfs_growfs`) in the machine does
 * that; `resize2fs` of a mounted volume only where the kernel grants CAP_SYS_RESOURCE.
 */
export async function growVolume(lab: Lab, records: Records, volume: number, gigabytes: number): Promise<void> {
  const file = volumeFile(lab, volume);
  await run("truncate", ["--size", `>${gigabytes}G`, file]);
  records.volumes.change(volume, { gigabytes });
  if (records.volumes.need(volume).server !== undefined) await run("losetup", ["--set-capacity", await loopDevice(file)]);
}

/** Makes the volume appear in its machine: as a device when that runs (`pid`), and mounted when it shall be. */
export async function showVolume(lab: Lab, records: Records, volume: number, pid?: number): Promise<void> {
  const { server, automount } = records.volumes.need(volume);
  if (server === undefined) return;
  if (automount) await mountFile(volumeFile(lab, volume), volumeMount(lab, server, volume));
  if (pid !== undefined) await makeNode(pid, await loopDevice(volumeFile(lab, volume)), `/dev/disk/by-id/scsi-0HC_Volume_${volume}`);
}

/** Takes it out of its machine again, as if unplugged. */
export async function hideVolume(lab: Lab, records: Records, volume: number, pid?: number): Promise<void> {
  const server = records.volumes.find(volume)?.server;
  if (server === undefined) return;
  const node = `/dev/disk/by-id/scsi-0HC_Volume_${volume}`;
  if (pid !== undefined) {
    await run("nsenter", ["--target", String(pid), "--mount", "umount", "--all-targets", "--lazy", node], { mayFail: true });
    await run("nsenter", ["--target", String(pid), "--mount", "rm", "--force", node], { mayFail: true });
  }
  await unmountAndRemove(volumeMount(lab, server, volume));
  await releaseLoop(volumeFile(lab, volume));
}

export async function destroyVolumeFile(lab: Lab, records: Records, volume: number): Promise<void> {
  await rm(volumeFile(lab, volume), { force: true });
  records.volumes.remove(volume);
}

// There is no udev in a machine: its device node is made from outside, with this machine's number for the loop device.
async function makeNode(pid: number, device: string, node: string): Promise<void> {
  const within = (...command: string[]) => run("nsenter", ["--target", String(pid), "--mount", ...command]);
  const { rdev } = await stat(device);
  await within("mkdir", "--parents", "/dev/disk/by-id");
  await within("rm", "--force", node);
  await within("mknod", node, "b", String(rdev >> 8), String(rdev & 0xff));
}
