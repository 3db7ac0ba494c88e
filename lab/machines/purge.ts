/** Leaves nothing of a lab on this machine, whatever state a crash left it in. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../context.ts";
import { forgetRegistry, registryAddress } from "../registry/registry.ts";
import { docker, run } from "./command.ts";
import { destroyBridge } from "./bridge.ts";
import { unmount } from "./mounts.ts";
import { labLabels, linkPrefixes } from "./names.ts";
import { destroyNetworkBridge } from "./network.ts";

/** Removes containers, Docker networks and volumes, mounts, loop devices, links, rules, files and built images of the lab. Needs the Docker engine. */
export async function purge(lab: Pick<Lab, "number" | "directory" | "subnet">): Promise<void> {
  const own = labLabels(lab).flatMap((label) => ["--filter", `label=${label}`]);
  await removeEach(["container", "ls", "--all", "--quiet", ...own], ["container", "rm", "--force", "--volumes"]);
  await removeEach(["volume", "ls", "--quiet", ...own], ["volume", "rm", "--force"]);
  await removeLinks(lab);
  await removeEach(["network", "ls", "--quiet", ...own], ["network", "rm"]);
  await destroyBridge(lab);
  for (const folder of ["exports", "disks"]) await unmount(join(lab.directory, folder));
  await releaseLoops(lab);
  await forgetRegistry(lab);
  // What was built for the lab's registry goes with it; the layers below stay, so that the next build is quick.
  await removeEach(["image", "ls", "--quiet", "--filter", `reference=${registryAddress(lab)}/*/*`], ["image", "rm", "--force", "--no-prune"]);
  for (const folder of ["exports", "disks", "storage"]) await rm(join(lab.directory, folder), { recursive: true, force: true, ...retries });
}

// a lazily unmounted folder may be busy for a moment
const retries = { maxRetries: 10, retryDelay: 100 };

async function removeEach(list: string[], remove: string[]): Promise<void> {
  const ids = [...new Set((await docker(list)).split("\n").filter(Boolean))];
  if (ids.length > 0) await docker([...remove, ...ids]);
}

async function removeLinks(lab: Pick<Lab, "number">): Promise<void> {
  const links = JSON.parse(await run("ip", ["-json", "link", "show"])) as { ifname: string }[];
  const [bridges, cables] = linkPrefixes(lab).map((prefix) => links.map((link) => link.ifname).filter((name) => name.startsWith(prefix)));
  for (const cable of cables ?? []) await run("ip", ["link", "delete", "dev", cable], { mayFail: true });
  for (const bridge of bridges ?? []) await destroyNetworkBridge(bridge);
}

async function releaseLoops(lab: Pick<Lab, "directory">): Promise<void> {
  const list = await run("losetup", ["--list", "--json", "--output", "NAME,BACK-FILE"]);
  const devices = list === "" ? [] : (JSON.parse(list) as { loopdevices: { name: string; "back-file": string | null }[] }).loopdevices;
  for (const { name, "back-file": file } of devices) {
    if (file?.startsWith(`${lab.directory}/`)) await run("losetup", ["--detach", name], { mayFail: true });
  }
}
