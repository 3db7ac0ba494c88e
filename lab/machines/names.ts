/** What the lab's things are called on this machine. Interface names have at most 15 characters. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Lab } from "../context.ts";

type Numbered = Pick<Lab, "number">;
type Placed = Pick<Lab, "directory">;

export const bridgeName = (lab: Numbered): string => `etage-lab-${lab.number}`;
export const containerName = (lab: Numbered, id: number): string => `etage-lab-${lab.number}-${id}`;
export const registryName = (lab: Numbered): string => `etage-lab-${lab.number}-registry`;
export const storageName = (lab: Numbered): string => `etage-lab-${lab.number}-storage`;

/** Labels of every Docker object of a lab; `key=value`. */
export const labLabels = (lab: Pick<Lab, "number" | "directory">): string[] => [`etage.lab=${lab.number}`, `etage.lab.path=${lab.directory}`];

/** Prefixes under which purge finds every link of a lab. */
export const linkPrefixes = (lab: Numbered): string[] => [`en${lab.number}-`, `ev${lab.number}-`];

/** Bridge of a private network on this machine. */
export const networkBridge = (lab: Numbered, network: number): string => `en${lab.number}-${network.toString(36)}`;

/** This machine's end of the cable between a machine and a private network. */
export function cableName(lab: Numbered, id: number, network: number): string {
  return `ev${lab.number}-${createHash("sha256").update(`${id}:${network}`).digest("hex").slice(0, 8)}`;
}

export const diskFile = (lab: Placed, id: number): string => join(lab.directory, "disks", `server-${id}.ext4`);
export const diskMount = (lab: Placed, id: number): string => join(lab.directory, "disks", `server-${id}`);
/** What the object store keeps, and where that is seen. */
export const storageFile = (lab: Placed): string => join(lab.directory, "disks", "storage.ext4");
export const storageMount = (lab: Placed): string => join(lab.directory, "disks", "storage");
export const volumeFile = (lab: Placed, volume: number): string => join(lab.directory, "disks", `volume-${volume}.img`);
export const exportsFolder = (lab: Placed, id: number): string => join(lab.directory, "exports", String(id));
export const volumeMount = (lab: Placed, id: number, volume: number): string => join(exportsFolder(lab, id), `HC_Volume_${volume}`);
