/** Where things are on a host. infra's cloud-init makes the directories. */
export const STATE = "/var/lib/etage";
export const LOCK = `${STATE}/lock`;
/** How often the lock was taken. */
export const GENERATION = `${STATE}/generation`;
/** Locked by the stages that are running on the host. */
export const BUSY = `${STATE}/busy`;
export const RELEASE_LOG = `${STATE}/releases.jsonl`;
export const AUDIT_LOG = `${STATE}/audit.log`;
/** Logs of app containers that were removed. */
export const OLD_LOGS = `${STATE}/logs`;
/** What moves of customers need on a host: a folder each. */
export const MOVES = `${STATE}/move`;
/** Customers that are being taken back to a time: a file each. */
export const RESTORES = `${STATE}/restore`;
/** Fingerprint of the tenants that the app was last told about. */
export const TENANTS = `${STATE}/tenants.sha256`;

export const SECRETS = "/etc/etage/secrets";
/** What backups are made with; made by cloud-init, filled by `deploy backup install`. */
export const BACKUP = "/etc/etage/backup";
/** Programs of backups, what came of them, and how they are now. */
export const BACKUP_STATE = `${STATE}/backup`;
/** Of what the host backs up by; the last thing that is written when it is set up. */
export const BACKUP_FINGERPRINT = `${BACKUP_STATE}/fingerprint`;
/** Secrets of scratch databases, by customer. */
export const SCRATCH_SECRETS = "/etc/etage/restore";
export const TLS = "/etc/etage/tls";
export const CERTIFICATE = `${TLS}/certificate.pem`;
export const CERTIFICATE_KEY = `${TLS}/key.pem`;

/** User and group that the app and the proxy read secrets as. */
export const APP_USER = 10001;

export const backups = (dataPath: string): string => `${dataPath}/backups`;
export const uploads = (dataPath: string): string => `${dataPath}/uploads`;
/** What is restored beside the living, by customer. */
export const restores = (dataPath: string): string => `${dataPath}/restore`;
