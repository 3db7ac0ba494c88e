/** Lets a site back up into its lab's object store. */
import type { MadeImage } from "../../deploy/backup/image.ts";
import type { Site } from "./site.ts";

/** In the words of `bin/lab env`; no dead man's switch, and more of `backup:` where a test wants it: `walSeconds: 0.2`. */
const block = (more: string): string => `
backup:
  store: { s3: { endpoint: env:ETAGE_BACKUP_ENDPOINT, bucket: env:ETAGE_BACKUP_BUCKET, accessKey: env:ETAGE_BACKUP_ACCESS_KEY, secretKey: env:ETAGE_BACKUP_SECRET_KEY } }
  password: env:ETAGE_BACKUP_PASSWORD
${more.split("\n").filter(Boolean).map((line) => `  ${line}\n`).join("")}`;

/**
 * Makes the PostgreSQL image that can back up and lets hosting.yaml name it, together with the store. Call it before the
 * stacks come up: their databases then have small pieces of WAL from the first on. `deploy backup install` does the rest.
 */
export async function enableBackups(site: Site, more = ""): Promise<void> {
  const made = JSON.parse(await site.must(["bin/deploy", "backup", "image", "--json"])) as MadeImage[];
  site.edit("hosting.yaml", (text) => `${made.reduce((changed, { named, image }) => changed.replaceAll(`"${named}"`, `"${image}"`), text)}${block(more)}`);
}
