/** What every part of the lab is handed: who it is, where it keeps its state, and the one database. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Lab {
  /** 1..250, unique on this machine. */
  number: number;
  /** Absolute path of the state folder `.lab`. */
  directory: string;
  /** 127.77.N.1: APIs, DNS and edge listen here. */
  loopback: string;
  /** Address on the lab's bridge: `subnet(3)` is 10.77.N.3. */
  subnet: (host: number) => string;
  database: DatabaseSync;
  log(message: string): void;
}

/** Ports on the loopback address; DNS, HTTP and HTTPS are where the world expects them. */
export const ports = { hetzner: 8100, cloudflare: 8200, control: 8300, dns: 53, http: 80, https: 443, registry: 5000, storage: 7070 } as const;

const folders = ["ca", "disks", "exports", "log", "pulumi", "operator"];

/** Opens (and makes, when absent) the state folder; `number` must be the one kept in lab.json. */
export function openLab(directory: string, number: number, log: (message: string) => void): Lab {
  for (const folder of folders) mkdirSync(join(directory, folder), { recursive: true });
  const database = new DatabaseSync(join(directory, "state.sqlite"));
  // WAL with NORMAL: a killed process loses nothing, and an answer does not wait for the disk.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000");
  return {
    number,
    directory,
    loopback: loopbackOf(number),
    subnet: (host) => `10.77.${number}.${host}`,
    database,
    log,
  };
}

/** Loopback address of lab `number`. */
export function loopbackOf(number: number): string {
  return `127.77.${number}.1`;
}

/** Where the PEM of the lab's root authority lies, once `bin/lab up` has run. */
export function rootCertificatePath(lab: Pick<Lab, "directory">): string {
  return join(lab.directory, "ca", "root.crt");
}
