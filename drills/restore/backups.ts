/** A site whose hosts back up to the store that `bin/lab env` names. */
import type { Site } from "../site/site.ts";

const SETTINGS = `
backup:
  store:
    s3: { endpoint: env:ETAGE_BACKUP_ENDPOINT, bucket: env:ETAGE_BACKUP_BUCKET, accessKey: env:ETAGE_BACKUP_ACCESS_KEY, secretKey: env:ETAGE_BACKUP_SECRET_KEY }
  password: env:ETAGE_BACKUP_PASSWORD
`;

/** `bringUp`: makes the hosts and brings a release, after hosting.yaml says that there are backups. Resolves when the host has one of its database and one of its files. */
export async function backUp(site: Site, bringUp: () => Promise<void>, host: string): Promise<void> {
  site.edit("hosting.yaml", (text) => `${text}${SETTINGS}`);
  const made = JSON.parse((await site.must(["bin/deploy", "backup", "image", "--json"])).trim().split("\n").findLast((line) => line.startsWith("["))!) as { image: string }[];
  site.edit("hosting.yaml", (text) => text.replace('image: "postgres:18"', `image: "${made[0]!.image}"`));
  await bringUp();
  await site.must(["bin/deploy", "backup", "install", host]);
  for (const kind of ["database", "files"]) await site.must(["bin/deploy", "backup", "run", host, "--kind", kind]);
}
