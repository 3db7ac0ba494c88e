/** Certificates and last archives in their folders here. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Retention } from "../../model/schema.ts";
import { certificateText, type Signed } from "./certificate.ts";

const folder = (root: string, path: string): string => isAbsolute(path) ? path : join(root, path);
export const archiveFolder = (root: string, { exports }: Pick<Retention, "exports">): string => folder(root, exports);

/** Both forms, each whole or not there. `operation`: what it goes by; written again under the same one, it takes the place of the other. Returns the path of the JSON. */
export function writeCertificate(root: string, { certificates }: Pick<Retention, "certificates">, certificate: Signed, operation: string): string {
  const place = folder(root, certificates);
  mkdirSync(place, { recursive: true });
  const path = join(place, `${certificate.customer}-${operation}`);
  for (const [ending, text] of [["txt", certificateText(certificate)], ["json", `${JSON.stringify(certificate, undefined, 2)}\n`]] as const) {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, `${path}.${ending}`);
  }
  return `${path}.json`;
}

const DAY = 86_400_000;

/** Removes last archives that were kept for long enough; returns their names. */
export function removeOldArchives(root: string, retention: Pick<Retention, "exports" | "exportDays">, now: Date): string[] {
  const place = archiveFolder(root, retention);
  if (!existsSync(place)) return [];
  const old = readdirSync(place).filter((name) => /\.tar(\.[0-9a-f]{12}\.part)?$/.test(name) && now.getTime() - statSync(join(place, name)).mtimeMs > retention.exportDays * DAY);
  for (const name of old) rmSync(join(place, name), { force: true });
  return old.sort();
}
