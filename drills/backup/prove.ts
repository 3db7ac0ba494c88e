/** Hurts one thing in the store, lets the host prove its backups, puts it right again. */
import type { Site } from "../site/site.ts";
import { type Damage, damage, stored, type Thing } from "./store.ts";

/** In which words a proof names it: by what it could not do. */
const NAMES: Record<Thing, RegExp> = {
  "base-backup": /WAL and backups: |database: /, manifest: /WAL and backups: |database: /, "backup-info": /WAL and backups: |database: /,
  wal: /WAL and backups: /, "wal-info": /WAL and backups: |database: /,
  pack: /store of files and exports: /, index: /store of files and exports: |files: /, "snapshot-of-files": /store of files and exports: |files: /,
  export: /store of files and exports: |exports: /, key: /store of files and exports: /, config: /store of files and exports: /,
};

interface Listed { kind: "database" | "files" | "customers"; label: string; customer: string | null }
export interface Proof { code: number; detail: string }

export async function prove(site: Site, host: string): Promise<Proof> {
  const { code, stdout } = await site.run(["bin/deploy", "backup", "verify", host, "--json"]);
  // Behind the lines that tell how far it is.
  return { code, detail: (JSON.parse(stdout.trim().split("\n").at(-1)!) as { hosts: { detail: string }[] }).hosts.map(({ detail }) => detail).join("; ") };
}

/** What the proof said of it, and how the host says it stands then. */
export async function proveDamaged(site: Site, host: string, thing: Thing, how: Damage): Promise<{ proof: Proof; status: number; wrong: string[] }> {
  const { backups } = JSON.parse(await site.must(["bin/deploy", "backup", "list", host, "--json"])) as { backups: Listed[] };
  const newest = (kind: Listed["kind"]): string => backups.find((each) => each.kind === kind)!.label;
  const mend = damage(stored(site, host, thing, { files: newest("files"), export: newest("customers") }), how);
  try {
    const proof = await prove(site, host);
    const { code: status } = await site.run(["bin/deploy", "backup", "status", host]);
    const wrong = [
      ...(proof.code === 1 ? [] : [`the proof ended with ${proof.code} instead of 1`]), ...(NAMES[thing].test(proof.detail) ? [] : [`the proof does not name it: ${proof.detail}`]),
      ...(status === 1 ? [] : [`backup status ended with ${status} instead of 1`]),
    ];
    return { proof, status, wrong };
  } finally {
    mend();
  }
}
