/** The lab's two authorities: its own root (registry, edge, machines trust it) and Cloudflare's Origin CA (only the edge does). */
import { join } from "node:path";
import type { Lab } from "./context.ts";
import { generateKeys, keyPem, openAuthority, sign, type Authority, type Subject } from "./ca/authority.ts";

export { rootCertificatePath } from "./context.ts";

type Folder = Pick<Lab, "directory">;

const opened = new Map<string, Promise<Authority>>();

/** Root of the lab, made on first use. */
export function rootAuthority(lab: Folder): Promise<Authority> {
  return once(lab, "root", "CN=Etage lab root");
}

/** Stand-in for Cloudflare's Origin CA. */
export function originAuthority(lab: Folder): Promise<Authority> {
  return once(lab, "origin", "O=Etage lab, OU=Origin CA, CN=Etage lab Origin CA");
}

/** A new key and a server certificate by the lab's root, both PEM; 397 days, as browsers demand. */
export async function issue(lab: Folder, subject: Subject): Promise<{ certificate: string; key: string }> {
  const authority = await rootAuthority(lab);
  const keys = await generateKeys();
  const certificate = await sign(authority, keys.publicKey, subject, 397);
  return { certificate: `${certificate.toString("pem")}\n`, key: await keyPem(keys.privateKey) };
}

function once(lab: Folder, name: string, subject: string): Promise<Authority> {
  const folder = join(lab.directory, "ca");
  const key = join(folder, name);
  const known = opened.get(key) ?? openAuthority(folder, name, subject);
  opened.set(key, known);
  known.catch(() => opened.delete(key));
  return known;
}
