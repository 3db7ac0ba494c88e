/** The containers that every host has: what runs in them, with what. Pure. */
import { containerName, proxyMetricsPort } from "../model/names.ts";
import type { Host } from "../model/fleet.ts";
import { SECRETS_GROUP } from "./cloud-init.ts";

export interface ServiceSecrets { databasePassword: string; redisPassword: string }

/** Where the database's WAL goes; absent: nowhere. */
export interface WalArchive {
  /** Name of the host's backups in the store. */
  stanza: string;
  /** Folder of the store when that is mounted on the host. */
  path?: string | undefined;
}

export interface ServicePlan {
  /** Container name, and its name in the Docker network. */
  name: keyof typeof containerName;
  image: string;
  memoryMegabytes: number;
  command: string[];
  environment: Record<string, string>;
  /**
   * A first process of its own, which takes in those whose parent has gone: PostgreSQL would take the failure of a child that
   * it does not know (of a backup that was killed) for a crash, and begin anew.
   */
  init?: boolean;
  /** Who runs in the container; the image's choice when absent. */
  user?: string;
  /** Ports published on the host, same number inside. */
  ports: number[];
  /** What of the host is seen inside; `source` is a folder on the data volume, or an absolute path of the host. */
  mounts: { source: string; target: string; readOnly?: boolean; /** What is mounted below it later is seen too. */ follow?: boolean }[];
  /** Files put into the container before it starts. */
  files: { path: string; content: (secrets: ServiceSecrets) => string }[];
  /** Command that exits 0 when the service can be used. */
  probe: string[];
  /** How long it may take to stop, in seconds. */
  stopSeconds: number;
}

export const DATABASE = "app";
const REDIS_CONFIGURATION = "/usr/local/etc/redis/redis.conf";
const DATABASE_PASSWORD = "/etc/etage/postgres-password";
const TLS = "/etc/etage/tls";
/** Where `deploy backup install` puts what pgBackRest goes by, and where pgBackRest looks for it. */
export const BACKUP_FOLDER = "/etc/etage/backup";
const PGBACKREST = "/etc/pgbackrest";
/** Whom the host trusts, the store must be known to. */
const AUTHORITIES = "/etc/ssl/certs";
const PROXY_HOME = "/home/kamal-proxy";

/** Role and database are named alike. */
export const database = { user: DATABASE, name: DATABASE };
export const databaseUrl = (password: string): string => `postgres://${DATABASE}:${password}@${containerName.postgres}:5432/${DATABASE}`;
export const redisUrl = (password: string): string => `redis://:${password}@${containerName.redis}:6379`;

/** The services of a host, in the order in which they are listed. */
export function servicePlans(services: Host["services"], archive?: WalArchive): ServicePlan[] {
  return [proxy(services.proxy), postgres(services.postgres, archive), redis(services.redis)];
}

function postgres({ image, memoryMegabytes }: Host["services"]["postgres"], archive?: WalArchive): ServicePlan {
  return {
    name: "postgres", image, memoryMegabytes, ...(archive ? { init: true } : {}),
    // Logical replication moves customers between hosts; the bound keeps a forgotten slot from filling the disk.
    command: ["postgres", "-c", "wal_level=logical", "-c", "max_slot_wal_keep_size=2GB", ...(archive ? archiving(archive) : [])],
    environment: {
      POSTGRES_USER: DATABASE, POSTGRES_DB: DATABASE, POSTGRES_PASSWORD_FILE: DATABASE_PASSWORD,
      // A new database's WAL comes in small pieces: they are shipped several times a second. One that exists keeps its own size.
      ...(archive ? { POSTGRES_INITDB_ARGS: "--wal-segsize=1" } : {}),
    },
    ports: [],
    mounts: [
      { source: "postgres", target: "/var/lib/postgresql" },
      ...(archive ? [{ source: BACKUP_FOLDER, target: PGBACKREST, readOnly: true }, { source: AUTHORITIES, target: AUTHORITIES, readOnly: true }] : []),
      ...(archive?.path === undefined ? [] : [{ source: archive.path, target: archive.path, follow: true }]),
    ],
    files: [{ path: DATABASE_PASSWORD, content: ({ databasePassword }) => databasePassword }],
    // By TCP: while the image sets up a new database, its temporary server listens on the socket only.
    probe: ["pg_isready", "-q", "-h", "127.0.0.1", "-U", DATABASE, "-d", DATABASE],
    stopSeconds: 60,
  };
}

/**
 * Settings that ship every piece of WAL to the store. Until `deploy backup install` has told where that is, they are let go:
 * kept back, they would fill the volume. A quiet database ends its piece after a minute, should nobody on the host ask before.
 */
function archiving({ stanza }: WalArchive): string[] {
  const push = `test ! -e ${PGBACKREST}/pgbackrest.conf || pgbackrest --stanza=${stanza} archive-push %p`;
  return ["archive_mode=on", `archive_command=${push}`, "archive_timeout=60"].flatMap((setting) => ["-c", setting]);
}

function redis({ image, memoryMegabytes }: Host["services"]["redis"]): ServicePlan {
  return {
    name: "redis", image, memoryMegabytes,
    command: ["redis-server", REDIS_CONFIGURATION],
    environment: {},
    ports: [],
    mounts: [{ source: "redis", target: "/data" }],
    files: [{ path: REDIS_CONFIGURATION, content: ({ redisPassword }) => redisConfiguration(redisPassword) }],
    // Without the password, so that it is in no argument: being asked for it proves as much as PONG. LOADING fails.
    probe: ["sh", "-c", "redis-cli ping 2>&1 | grep -qE 'PONG|NOAUTH'"],
    stopSeconds: 30,
  };
}

/** What Redis keeps survives a restart (append-only file, flushed every second). */
export const redisConfiguration = (password: string): string => `requirepass ${password}
dir /data
appendonly yes
appendfsync everysec
`;

function proxy({ image, memoryMegabytes }: Host["services"]["proxy"]): ServicePlan {
  return {
    name: "proxy", image, memoryMegabytes,
    // Its figures say how customers fare; `ports` keeps them off the host's own addresses.
    command: ["kamal-proxy", "run", "--metrics-port", String(proxyMetricsPort)],
    // The image's own user has another number in every build; the files it needs to read belong to this group.
    environment: { HOME: PROXY_HOME },
    user: `${SECRETS_GROUP}:${SECRETS_GROUP}`,
    ports: [80, 443],
    mounts: [{ source: "proxy", target: `${PROXY_HOME}/.config/kamal-proxy` }, { source: TLS, target: TLS, readOnly: true }],
    files: [],
    probe: ["kamal-proxy", "list"],
    stopSeconds: 30,
  };
}
