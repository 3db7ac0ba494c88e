/** Zones of the Cloudflare emulator, made through its API as a person would make them once by hand. */
import { loopbackOf, ports } from "../context.ts";
import { openSecrets, type Identity } from "../control/identity.ts";
import { LabError } from "./errors.ts";

/** Makes those that are not there; gives their names. */
export async function ensureZones(directory: string, identity: Identity, names: string[]): Promise<string[]> {
  const base = `http://${loopbackOf(identity.number)}:${ports.cloudflare}/client/v4/zones`;
  const headers = { authorization: `Bearer ${openSecrets(directory).cloudflareToken}`, "content-type": "application/json" };
  const made: string[] = [];
  for (const name of names) {
    const found = await fetch(`${base}?name=${encodeURIComponent(name.toLowerCase())}`, { headers });
    const { result } = (await found.json()) as { result: unknown[] | null };
    if (result && result.length > 0) continue;
    const response = await fetch(base, { method: "POST", headers, body: JSON.stringify({ name }) });
    const answer = (await response.json()) as { errors: { message: string }[] };
    if (!response.ok) throw new LabError(`Zone ${name} could not be made: ${answer.errors.map((error) => error.message).join("; ")}.`);
    made.push(name);
  }
  return made;
}
