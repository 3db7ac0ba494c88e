/** What a host needs to reach the store: read from where hosting.yaml says it is, on the operator's machine. */
import type { Backup } from "../../model/schema.ts";
import { exitCode, UserError } from "../errors.ts";
import { readSecret } from "../secret.ts";

export interface Store { s3?: { endpoint: URL; bucket: string; region: string; accessKey: string; secretKey: string }; path?: string }
/** Values, not references. */
export interface BackupSecrets { store: Store; password: string; heartbeat: string | null }

/** Throws UserError (usage) for a variable that is not set, a command that fails, an endpoint that is no URL. */
export async function readBackupSecrets({ store, password, heartbeat }: Backup, environment: NodeJS.ProcessEnv): Promise<BackupSecrets> {
  const plain = async (text: string, where: string): Promise<string> => text.startsWith("env:") ? readSecret(text, where, environment) : text;
  const { s3, path } = store;
  return {
    store: s3 ? { s3: {
      endpoint: endpointOf(await plain(s3.endpoint, "backup.store.s3.endpoint")),
      bucket: await plain(s3.bucket, "backup.store.s3.bucket"), region: await plain(s3.region, "backup.store.s3.region"),
      accessKey: await readSecret(s3.accessKey, "backup.store.s3.accessKey", environment), secretKey: await readSecret(s3.secretKey, "backup.store.s3.secretKey", environment),
    } } : { path: path! },
    password: line(await readSecret(password, "backup.password", environment), "backup.password"),
    heartbeat: heartbeat === undefined ? null : line(await plain(heartbeat, "backup.heartbeat"), "backup.heartbeat"),
  };
}

function endpointOf(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === "https:" && url.pathname === "/" && !url.username) return url;
  throw new UserError("backup.store.s3.endpoint: expected an https:// URL without a path", { code: exitCode.usage });
}

/** Files of settings have lines. */
function line(secret: string, where: string): string {
  if (!/[\r\n]/.test(secret)) return secret;
  throw new UserError(`${where}: expected one line`, { code: exitCode.usage });
}
