/** Fills, once for all labs: the storage of a registry that stands for Docker Hub, and the disk machines begin with. */
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import pRetry from "p-retry";
import { docker, run, tryDocker } from "../../machines/command.ts";
import { workFolder } from "../cache.ts";
import type { Recipe, Recipes } from "../recipes.ts";

const buildLabel = "etage.lab.build=warm";

/** Ends what a killed build left running. */
export async function removeEngines(): Promise<void> {
  const left = await docker(["ps", "--all", "--quiet", "--filter", `label=${buildLabel}`]);
  if (left) await docker(["rm", "--force", "--volumes", ...left.split("\n")]);
}

/** Makes `registrySeed` and `machineDisk`; each appears under its name only when complete. */
export async function warm(recipes: Recipes): Promise<void> {
  const offered = Object.values(recipes.all).filter((recipe) => recipe.standsFor);
  const work = await workFolder();
  const storage = join(work, "storage");
  await mkdir(storage);
  if (existsSync(recipes.registrySeed)) await run("cp", ["--archive", `${recipes.registrySeed}/.`, storage]);
  const registry = await docker(["run", "--detach", "--label", buildLabel, "--publish", "127.0.0.1::5000", "--volume", `${storage}:/var/lib/registry`, recipes.all.registry.tag]);
  try {
    if (!existsSync(recipes.registrySeed)) for (const recipe of offered) await push(recipe, await publishedAddress(registry));
    await fillDisk(recipes, offered, registry, work);
    await docker(["rm", "--force", "--volumes", registry]);
    if (!existsSync(recipes.registrySeed)) await rename(storage, recipes.registrySeed);
    await rename(join(work, "disk.ext4"), recipes.machineDisk);
  } finally {
    await tryDocker(["rm", "--force", "--volumes", registry]);
    await rm(work, { recursive: true, force: true });
  }
}

// A registry on a loopback address needs no certificate: Docker trusts 127.0.0.0/8.
async function publishedAddress(registry: string): Promise<string> {
  return (await docker(["port", registry, "5000/tcp"])).split("\n")[0]!;
}

async function push(recipe: Recipe, address: string): Promise<void> {
  for (const version of recipe.standsFor!.tags) {
    const name = `${address}/${recipe.standsFor!.repository}:${version}`;
    await docker(["tag", recipe.tag, name]);
    await pRetry(() => docker(["push", "--quiet", name]), { retries: 5, minTimeout: 200 });
    await docker(["rmi", name]);
  }
}

/** Lets the machine image's own engine pull everything into an ext4 file, so that it looks pulled because it was. */
async function fillDisk(recipes: Recipes, offered: Recipe[], registry: string, work: string): Promise<void> {
  const file = join(work, "disk.ext4");
  const mount = join(work, "disk");
  await mkdir(mount);
  await run("truncate", ["--size", "4G", file]);
  // No journal initialisation, no reserved blocks: small and quick; resize_inode up to what any server type has.
  await run("mkfs.ext4", ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1,resize=268435456", file]);
  await run("mount", ["-o", "loop,discard", file, mount]);
  let engine: string | undefined;
  try {
    engine = await docker(engineArguments(recipes.all.machine.tag, mount, await addressOf(registry)));
    const started = engine;
    await pRetry(() => docker(["exec", started, "docker", "version"]), { retries: 50, minTimeout: 200, factor: 1 });
    for (const { standsFor } of offered) {
      for (const version of standsFor!.tags.slice(0, 1)) {
        await docker(["exec", engine, "docker", "pull", "--quiet", `${standsFor!.repository.replace(/^library\//, "")}:${version}`]);
      }
    }
    await docker(["stop", engine]);
    // what belongs to one engine, not to the images
    for (const folder of ["network", "containers", "volumes", "tmp", "runtimes", "swarm"]) await rm(join(mount, "docker", folder), { recursive: true, force: true });
    await run("fstrim", [mount], { mayFail: true });
  } finally {
    if (engine) await tryDocker(["rm", "--force", "--volumes", engine]);
    await run("umount", [mount]);
  }
}

const addressOf = (container: string): Promise<string> => docker(["inspect", "--format", "{{.NetworkSettings.IPAddress}}", container]);

function engineArguments(image: string, mount: string, registry: string): string[] {
  return [
    "run", "--detach", "--label", buildLabel, "--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE",
    "--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined",
    "--volume", `${mount}:/disk`, image,
    "dockerd", "--data-root", "/disk/docker", "--storage-driver", "overlay2",
    "--iptables=false", "--ip-forward=false", "--ip-masq=false", "--bridge=none",
    "--registry-mirror", `http://${registry}:5000`,
  ];
}
