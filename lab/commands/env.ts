/** bin/lab env */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loopbackOf, ports, rootCertificatePath } from "../context.ts";
import { openOperatorKey, openSecrets } from "../control/identity.ts";
import { bucket } from "../storage/bucket.ts";
import { LabError } from "./errors.ts";
import { requireIdentity } from "./place.ts";

// What bin/environment sets, and bin/lab has sourced.
const fromEnvironment = ["PATH", "NODE_COMPILE_CACHE", "PULUMI_HOME", "PULUMI_CREDENTIALS_PATH", "PULUMI_SKIP_UPDATE_CHECK", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"];

/** Everything that a client of this lab needs, by name of the variable. */
export function environment(directory: string): Record<string, string> {
  const { number } = requireIdentity(directory);
  const secrets = openSecrets(directory);
  const loopback = loopbackOf(number);
  const inherited = fromEnvironment.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []));
  return {
    ...Object.fromEntries(inherited),
    HCLOUD_TOKEN: secrets.hcloudToken,
    HCLOUD_ENDPOINT: `http://${loopback}:${ports.hetzner}/v1`,
    CLOUDFLARE_API_TOKEN: secrets.cloudflareToken,
    CLOUDFLARE_BASE_URL: `http://${loopback}:${ports.cloudflare}/client/v4`,
    ETAGE_RESOLVER: loopback,
    ETAGE_REGISTRY: `10.77.${number}.3:${ports.registry}`,
    ETAGE_SSH_KEY: openOperatorKey(directory),
    NODE_EXTRA_CA_CERTS: bundle(directory),
    PULUMI_BACKEND_URL: `file://${join(directory, "pulumi")}`,
    PULUMI_CONFIG_PASSPHRASE: secrets.pulumiPassphrase,
    ETAGE_BACKUP_ENDPOINT: `https://10.77.${number}.4:${ports.storage}`,
    ETAGE_BACKUP_BUCKET: bucket,
    ETAGE_BACKUP_ACCESS_KEY: secrets.storageAccessKey,
    ETAGE_BACKUP_SECRET_KEY: secrets.storageSecretKey,
    ETAGE_BACKUP_PASSWORD: secrets.backupPassword,
  };
}

/** `export NAME='value'` lines for a shell's eval. */
export function shellLines(values: Record<string, string>): string {
  return Object.entries(values).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`).join("\n");
}

/** The lab's root beside whatever extra authorities this shell had already; asked twice, the lab's own is not added again. */
function bundle(directory: string): string {
  if (!existsSync(rootCertificatePath({ directory }))) throw new LabError("The lab was never up completely. Start it: bin/lab up");
  const root = readFileSync(rootCertificatePath({ directory }), "utf8").trim();
  const path = join(directory, "ca", "bundle.pem");
  const before = process.env.NODE_EXTRA_CA_CERTS;
  const others = before && existsSync(before) ? readFileSync(before, "utf8").replaceAll(root, "") : "";
  writeFileSync(path, `${root}\n${others.trim()}\n`);
  return path;
}
