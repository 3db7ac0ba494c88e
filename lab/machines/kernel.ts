/** What machines need of the kernel they share, and what it does not grant everywhere. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { run } from "./command.ts";

/** On cgroup v1 systemd needs the hierarchy it names its own, which nothing mounts where systemd does not run itself. */
export async function ensureControlGroups(): Promise<void> {
  const folder = "/sys/fs/cgroup/systemd";
  if (existsSync("/sys/fs/cgroup/cgroup.controllers") || existsSync(`${folder}/cgroup.procs`)) return;
  mkdirSync(folder, { recursive: true });
  await run("mount", ["-t", "cgroup", "-o", "none,name=systemd", "cgroup", folder]);
}

/** Whether containers may have CAP_SYS_RESOURCE (online resize2fs and higher limits need it); asking for what is not there fails. */
export function grantsSysResource(): boolean {
  const bounding = readFileSync("/proc/self/status", "utf8").match(/^CapBnd:\s*([0-9a-f]+)$/m)?.[1] ?? "0";
  return (BigInt(`0x${bounding}`) >> 24n) % 2n === 1n;
}
