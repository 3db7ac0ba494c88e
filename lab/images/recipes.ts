/** The images the lab makes by itself, what they stand for, and what each is made of. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, keyOf } from "./cache.ts";

export type ImageName = "base" | "node" | "postgres" | "redis" | "kamal-proxy" | "registry" | "versitygw" | "machine";

export interface Recipe {
  name: ImageName;
  /** Tag in this machine's Docker engine. */
  tag: string;
  key: string;
  folder: string;
  /** Name under which the lab's registry offers it, as Docker Hub would; the first tag is the usual one. */
  standsFor?: { repository: string; tags: string[] };
}

export interface Recipes {
  all: Record<ImageName, Recipe>;
  /** Registry storage that holds every image with `standsFor`. */
  registrySeed: string;
  /** ext4 file with those images in a Docker data folder: the disk every machine begins with. */
  machineDisk: string;
}

const standsFor: Partial<Record<ImageName, { repository: string; tags: string[] }>> = {
  base: { repository: "library/debian", tags: ["bookworm-slim", "12-slim"] },
  node: { repository: "library/node", tags: ["24-slim", "24-bookworm-slim"] },
  postgres: { repository: "library/postgres", tags: ["18"] },
  redis: { repository: "library/redis", tags: ["7"] },
  "kamal-proxy": { repository: "basecamp/kamal-proxy", tags: ["v0.9.2"] },
};

/** Debian mirror for the base image; "" is debootstrap's own choice, ETAGE_DEBIAN_MIRROR one where that cannot be reached. */
export const debianMirror = (): string => process.env["ETAGE_DEBIAN_MIRROR"] ?? "";

/** CA bundle of this machine: what it trusts, the images trust. */
export const machineBundle = "/etc/ssl/certs/ca-certificates.crt";

/** Reads the recipes and computes their keys (some milliseconds; builds nothing). */
export function readRecipes(): Recipes {
  const bundle = existsSync(machineBundle) ? readFileSync(machineBundle, "utf8") : "";
  const base = recipe("base", process.arch, debianMirror(), bundle);
  const derived = (["node", "postgres", "redis", "kamal-proxy", "registry", "versitygw", "machine"] as const).map((name) => recipe(name, base.key));
  const all = Object.fromEntries([base, ...derived].map((each) => [each.name, each])) as Record<ImageName, Recipe>;
  const seed = keyOf(join(import.meta.dirname, "warm"), ...Object.values(all).filter((each) => each.standsFor).map((each) => each.key));
  return {
    all,
    registrySeed: join(cacheFolder(), `registry-${seed}`),
    machineDisk: join(cacheFolder(), `machine-disk-${seed}.ext4`),
  };
}

function recipe(name: ImageName, ...more: string[]): Recipe {
  const folder = join(import.meta.dirname, name);
  const key = keyOf(folder, ...more);
  return { name, key, folder, tag: `etage-lab/${name}:${key}`, standsFor: standsFor[name] };
}
