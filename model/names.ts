/**
 * Every physical name in the cloud and on a host is made here, so that two parts never call one thing differently and a
 * name that the API would refuse is refused before anything is created.
 */

/** Kinds of cloud objects, the longest name each may have, and on whose word. */
const LIMITS = {
  // Hetzner: "must be unique per Project and a valid hostname as per RFC 1123" (OpenAPI, POST /servers).
  server: { longest: 63, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
  // The others are free text at Hetzner (up to 64 shown); kept to the same letters so that they can be typed and grepped.
  volume: { longest: 64, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
  firewall: { longest: 128, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
  network: { longest: 64, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
  sshKey: { longest: 128, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
  // A logical name only (Cloudflare's Origin CA certificates have none).
  certificate: { longest: 128, pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/ },
} as const;

export type NameKind = keyof typeof LIMITS;

/** Physical name of a cloud object: the parts joined by hyphens. Throws when the kind is unknown or would not take it. */
export function cloudName(kind: NameKind, ...parts: string[]): string {
  const limit = Object.hasOwn(LIMITS, kind) ? LIMITS[kind] : undefined;
  if (!limit) throw new Error(`no naming rule for "${kind}"; known: ${Object.keys(LIMITS).join(", ")}`);
  const name = parts.join("-");
  if (name.length > limit.longest) throw new Error(`${kind} name ${name} has ${name.length} characters; ${limit.longest} are allowed`);
  if (!limit.pattern.test(name)) throw new Error(`${kind} name "${name}" must be lower-case letters, digits and inner hyphens`);
  return name;
}

export const longestName = (kind: NameKind): number => LIMITS[kind].longest;

export const serverName = (platform: string, host: string): string => cloudName("server", platform, host);
/** Beside the server's name, so that the two are found together in the console. */
export const volumeName = (platform: string, host: string): string => cloudName("volume", platform, host);
export const firewallName = (platform: string, host: string): string => cloudName("firewall", platform, host);
/** One for the whole platform; the stack `shared` owns it. */
export const networkName = (platform: string): string => cloudName("network", platform);
/** An operator's key; the stack `shared` owns it. */
export const sshKeyName = (platform: string, operator: string): string => cloudName("sshKey", platform, operator);
export const certificateName = (platform: string, host: string): string => cloudName("certificate", platform, host);

/**
 * The database that a customer's rows lie in: the host's own, or with `app.databasePerCustomer` one beside it, DATABASE_SLUG.
 * A slug has no underscores and 40 letters at most, so no two get one name and PostgreSQL cuts none.
 */
export function customerDatabase({ app }: { app: { databasePerCustomer: boolean } }, { database }: { database: HostDatabase }, slug: string): HostDatabase {
  return app.databasePerCustomer ? { ...database, name: `${database.name}_${slug.replaceAll("-", "_")}` } : database;
}
interface HostDatabase { user: string; name: string }

/** Names on a host. There is one of each, so they need no prefix. */
export const dockerNetwork = "etage";
export const containerName = { postgres: "postgres", redis: "redis", proxy: "proxy" } as const;
/** Where the proxy tells its figures, inside the Docker network only: the port is never published. */
export const proxyMetricsPort = 9090;
/** An app container: `app-v42-3f9a1c`. Docker's own rule: letters, digits, and `_.-` inside. */
export function appContainerName(version: string, shortId: string): string {
  const name = `app-${version}-${shortId}`;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) throw new Error(`container name "${name}" may hold letters, digits, "_", "." and "-"`);
  return name;
}
