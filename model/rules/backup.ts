/** Backups: that they have a place, a time to live, secrets of their own, and someone who misses them. */
import { inHosting, type Rule } from "./draft.ts";

/** Where a host's data volume is mounted, by name below it; and what a restart empties. */
const ON_THE_HOST = /^\/(mnt\/HC_Volume_[^/]*|var|tmp|run|dev|proc|sys|etc|usr|boot)(\/|$)/;

export const backupStore: Rule = {
  name: "backup-store", severity: "fault",
  says: "`backup.store` has `s3` or `path`, not both; the path does not lie on the host's own disks (`/mnt/HC_Volume_…`, `/var`, `/etc` and the like); the endpoint holds no password.",
  *check({ platform: { backup } }) {
    if (!backup) return;
    const { s3, path } = backup.store;
    if (s3 && path !== undefined) yield inHosting(["backup", "store"], "backups go to one store, but both `s3` and `path` are given", "remove one");
    if (!s3 && path === undefined) yield inHosting(["backup", "store"], "no store is given", "give `s3: { endpoint, bucket, accessKey, secretKey }` or `path: /mnt/backup`");
    if (path !== undefined && ON_THE_HOST.test(path)) yield inHosting(["backup", "store", "path"], `${path} goes when the host goes`, "mount a storage share, for example at /mnt/backup");
    if (s3?.endpoint.includes("@")) yield inHosting(["backup", "store", "s3", "endpoint"], "the address holds a password, which stands here for all to read", "give it as `accessKey` and `secretKey`, and change it");
    else if (s3 && !s3.endpoint.startsWith("env:") && !URL.canParse(s3.endpoint)) yield inHosting(["backup", "store", "s3", "endpoint"], "this URL can't be read", "expected for example https://fsn1.your-objectstorage.com");
  },
};

export const backupKeep: Rule = {
  name: "backup-keep", severity: "fault",
  says: "`backup.keep.daily` is at least 1: the database is kept by days, and each incremental backup needs the whole one before it.",
  *check({ platform: { backup } }) {
    if (backup?.keep.daily === 0) yield inHosting(["backup", "keep", "daily"], "no backup of the database would be kept", "14 is the default");
  },
};

export const backupVariables: Rule = {
  name: "backup-secrets", severity: "fault",
  says: "Password, access key and secret key of `backup` are three secrets: whoever reads the store must not thereby read what lies in it.",
  *check({ platform: { backup } }) {
    const named = [
      { path: ["store", "s3", "accessKey"], reference: backup?.store.s3?.accessKey },
      { path: ["store", "s3", "secretKey"], reference: backup?.store.s3?.secretKey },
      { path: ["password"], reference: backup?.password },
    ].filter(({ reference }) => reference !== undefined);
    for (const [index, { path, reference }] of named.entries()) {
      const earlier = named.slice(0, index).find((other) => JSON.stringify(other.reference) === JSON.stringify(reference));
      if (earlier) yield inHosting(["backup", ...path], `is the same secret as backup.${earlier.path.join(".")}`, "name another");
    }
  },
};

export const backupHeartbeat: Rule = {
  name: "backup-heartbeat", severity: "warning",
  says: "Without `backup.heartbeat` nobody hears of a backup that did not happen; an address without `{host}` is kept alive by any one host.",
  *check({ platform: { backup } }) {
    if (!backup) return;
    const { heartbeat } = backup;
    if (heartbeat === undefined) yield { ...inHosting(["backup"], "nobody hears of it when a host stops backing up", "give `heartbeat`, the address of a dead man's switch such as healthchecks.io"), at: "key" };
    else if (!heartbeat.startsWith("env:") && !heartbeat.includes("{host}")) {
      yield inHosting(["backup", "heartbeat"], "one good host hides all that failed", "put `{host}` into the address");
    }
  },
};
