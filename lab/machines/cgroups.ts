/** What systemd in a container asks of this machine's control groups. */
import { existsSync, mkdirSync } from "node:fs";
import { run } from "./command.ts";

/** On cgroup v1 systemd needs the hierarchy it names its own, which nothing mounts where systemd does not run itself. */
export async function ensureControlGroups(): Promise<void> {
  const folder = "/sys/fs/cgroup/systemd";
  if (existsSync("/sys/fs/cgroup/cgroup.controllers") || existsSync(`${folder}/cgroup.procs`)) return;
  mkdirSync(folder, { recursive: true });
  await run("mount", ["-t", "cgroup", "-o", "none,name=systemd", "cgroup", folder]);
}
