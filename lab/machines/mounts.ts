/** Mounts of image files and shared folders; each function may be called again without harm. */
import { mkdir, readFile } from "node:fs/promises";
import { run } from "./command.ts";

/** Mount points at or below `folder`, deepest first. */
export async function mountsUnder(folder: string): Promise<string[]> {
  const lines = (await readFile("/proc/self/mountinfo", "utf8")).trim().split("\n");
  // blanks and such are written as octal escapes
  const points = lines.map((line) => line.split(" ")[4]!.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
  return points.filter((point) => point === folder || point.startsWith(`${folder}/`)).reverse();
}

const isMounted = async (point: string): Promise<boolean> => (await mountsUnder(point)).includes(point);

/** Mounts the file system in `file` at `point`. */
export async function mountFile(file: string, point: string): Promise<void> {
  await mkdir(point, { recursive: true });
  // mount(8) finds the device itself: it takes the one the file has already, and none that is about to be let go
  if (!(await isMounted(point))) await run("mount", ["-o", "loop,discard", file, point]);
}

/** A folder whose later mounts appear in machines that already run. */
export async function shareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (await isMounted(folder)) return;
  await run("mount", ["--bind", folder, folder]);
  await run("mount", ["--make-shared", folder]);
}

/** Unmounts everything at and below `folder`; what is still in use vanishes from sight at once and is let go when its user ends. */
export async function unmount(folder: string): Promise<void> {
  for (const point of await mountsUnder(folder)) {
    if ((await run("umount", [point], { mayFail: true })) === undefined) await run("umount", ["--lazy", point], { mayFail: true });
  }
}

/** Unmounts everything at and below `folder` and removes it; never reaches into a file system that would not let go. */
export async function unmountAndRemove(folder: string): Promise<void> {
  await unmount(folder);
  const left = await mountsUnder(folder);
  if (left.length > 0) throw new Error(`${left.join(", ")} could not be unmounted; end what uses it (see: fuser -vm), then try again`);
  await run("rm", ["--recursive", "--force", "--one-file-system", folder]);
}

/** Loop device of an image file, attached when it is not yet; for example /dev/loop3. */
export async function loopDevice(file: string): Promise<string> {
  const known = await run("losetup", ["--noheadings", "--output", "NAME", "--associated", file]);
  return known.split("\n")[0]!.trim() || (await run("losetup", ["--find", "--show", file]));
}

/** Lets go of the file's loop device; while it is still mounted somewhere, as soon as it no longer is. */
export async function releaseLoop(file: string): Promise<void> {
  const devices = await run("losetup", ["--noheadings", "--output", "NAME", "--associated", file], { mayFail: true });
  for (const device of devices?.split("\n").filter(Boolean) ?? []) await run("losetup", ["--detach", device.trim()], { mayFail: true });
}
