/** The certificate of an erasure: what went, when, how much, what is left until when. Names no person. Pure. */
import { createHash } from "node:crypto";
import { bytes, count } from "../report/units.ts";
import type { Archive } from "./earlier.ts";
import type { Counted } from "./facts.ts";
import { type Expiring, total } from "./plan.ts";

export interface Certificate {
  format: 1;
  kind: "certificate of erasure";
  platform: string;
  /** The customer's slug: what it was called here. */
  customer: string;
  /** As in the journal, which knows who did it. */
  operation: string;
  erasedAt: string;
  host: string;
  /** Of the app, whose command `erase` removed it; null: its server was gone already. */
  release: string | null;
  erased: Counted;
  /** What was found when it was counted again; null: with the server, everything went. */
  left: { rows: number; files: number } | null;
  /** Own stack that was destroyed: server, volume, DNS records. */
  stack: string | null;
  /** Of the last archive, and when that goes; null: none was made. */
  archive: (Archive & { keptUntil: string }) | null;
  /** Backups of this customer alone that were removed with it. */
  removedBackups: number;
  /** Backups of everybody that still hold something of it. */
  expiring: Expiring[];
}

export type Signed = Certificate & { /** Of the certificate without this line, as JSON without spaces. */ sha256: string };

export const signed = (certificate: Certificate): Signed => ({ ...certificate, sha256: createHash("sha256").update(JSON.stringify(certificate)).digest("hex") });

export function certificateText({ sha256, ...certificate }: Signed): string {
  const { platform, customer, erasedAt, operation, host, release, erased: { rows, files }, left, stack, archive, removedBackups, expiring } = certificate;
  const lines: [string, string][] = [
    ["customer", customer], ["erased", erasedAt], ["on", `host ${host}${release ? `, by release ${release}` : ""}`], ["operation", operation],
    ["rows", String(total(rows))], ...Object.entries(rows).map(([table, amount]): [string, string] => ["", `${table} ${amount}`]),
    ["files", `${files.count} (${bytes(files.bytes)})`],
    ["left", left ? `${count(left.rows, "row")}, ${count(left.files, "file")}, counted again` : "nothing: it went with its server"],
    ...(stack ? [["server", `stack ${stack} was destroyed: server, volume, DNS records`] as [string, string]] : []),
    ["archive", archive ? `${archive.file}, ${archive.bytes} bytes, SHA-256 ${archive.sha256}; kept until ${archive.keptUntil}` : "none was made"],
    ["backups", `${count(removedBackups, "backup")} of this customer alone removed`],
    ...expiring.map(({ what, until, policy }): [string, string] => ["", `stays: ${what}${until ? ` until ${until}` : ""} (${policy})`]),
    ["SHA-256", sha256],
  ];
  return [`Certificate of erasure · ${platform}`, "", ...lines.map(([title, text]) => `${title.padEnd(10)}${text}`), ""].join("\n");
}
