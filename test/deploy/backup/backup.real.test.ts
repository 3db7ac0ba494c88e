/** A host backs itself up, proves it, finds what is damaged, and says when it can't. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backupInstall, backupList, backupRun, backupStatus, backupVerify } from "../../../deploy/commands/backup.ts";
import { parseForgotten, wipeBackups } from "../../../deploy/host/backup.ts";
import { render } from "../../../deploy/remote/shell.ts";
import { type BackupHost, DATA, openBackupHost } from "./backup-host.ts";

let host: BackupHost;
beforeAll(async () => { host = await openBackupHost(); }, 600_000);
afterAll(() => host?.remove());

const state = async (): Promise<{ wrong: string[]; newest: Record<string, unknown> }> => JSON.parse(await host.on("cat /var/lib/etage/backup/state.json"));

describe("a host with backups", () => {
  it("is set up once, begins by itself, and has nothing to do the second time", async () => {
    expect(await host.deploy(backupInstall, { host: "shared" })).toMatchObject({ code: 0, text: expect.stringContaining("the first database, files, customers began") });
    // The proof begins when the others are there.
    await expect.poll(() => state().then(({ newest }) => ["database", "files", "customers", "verify"].filter((kind) => newest[kind]), () => []), { timeout: 180_000 }).toHaveLength(4);
    expect((await host.deploy(backupInstall, { host: "shared" })).text).toMatch(/^✓ shared {2}as it should be/);
  }, 240_000);

  it("ships what was committed, and nothing when nothing was", async () => {
    const archived = (): Promise<string> => host.sql("select last_archived_wal from pg_stat_archiver");
    const segment = await host.sql("create table notes (id int); insert into notes values (1); select pg_walfile_name(pg_current_wal_lsn())");
    await expect.poll(async () => (await archived()) >= segment).toBe(true);
    const before = await archived();
    await new Promise((done) => setTimeout(done, 5000));
    const number = (name: string): number => Number.parseInt(name.slice(8, 16), 16) * 4096 + Number.parseInt(name.slice(16), 16);
    // PostgreSQL's own housekeeping may commit something; ten pieces would be one at each turn.
    expect(number(await archived()) - number(before)).toBeLessThanOrEqual(1);
  });

  it("backs up when it is asked to, and lists what there is", async () => {
    const { code, text } = await host.deploy(backupRun, { host: "shared" });
    expect([code, text]).toEqual([0, expect.stringMatching(/database, \S+I, incr, \d+ tables, \d+ rows.*; files, .*; customers, 2 customers/)]);
    const list = (await host.deploy(backupList, { of: "acme" })).text;
    expect(list).toMatch(/shared {2}customers .* acme, 0 rows, 0 files/);
    expect(list).not.toContain("beta");
  }, 120_000);

  it("proves that all of it can be restored, leaves nothing behind, and tells the dead man's switch", async () => {
    await host.sql("insert into notes select generate_series(1, 1000)");
    const { code, text } = await host.deploy(backupVerify, { host: "shared" });
    expect([code, text]).toEqual([0, expect.stringMatching(/database: \S+: \d+ tables, \d+ rows as recorded; .*customers: (acme, beta|beta, acme)/)]);
    expect((await host.on(`docker ps --all --format '{{.Names}}' | sort | tr '\\n' ' '; ls ${DATA}`)).trim()).toBe("app-v1-abc postgres redis postgres\nuploads");
    expect(await host.deploy(backupStatus)).toMatchObject({ code: 0, text: expect.stringContaining("All is well.") });
    expect(host.beats.at(-1)).toBe("/shared");
  }, 180_000);

  it("says that a run was killed, and ends with the next what that left", async () => {
    await host.on("systemctl start --no-block etage-backup-customers; sleep 1; systemctl kill --signal KILL etage-backup-customers; sleep 1; systemctl start etage-backup-check || true");
    expect((await state()).wrong).toEqual([expect.stringMatching(/^customers: the run of \d+ s ago left no word$/)]);
    expect(await host.deploy(backupRun, { host: "shared", kind: ["customers"] })).toMatchObject({ code: 0 });
    expect((await state()).wrong).toEqual([]);
    expect(await host.on("set -a; . /etc/etage/backup/restic.env; restic snapshots --json --tag unfinished; docker ps --all --quiet --filter label=etage.role=backup")).toBe("[]");
  }, 120_000);

  it.each<[string, string, RegExp]>([
    ["a pack of restic with other bytes", "f=$(find files/data -type f | head -n 1); chmod u+w $f; printf XXXX | dd of=$f bs=1 seek=100 conv=notrunc status=none", /store of files and exports: .*(does not match|ciphertext|errors)/],
    ["a backup of the database that was cut off", "truncate -s 50000 $(find postgres/backup/shared/*F/bundle -type f -size +100k | head -n 1)", /WAL and backups: .*checksum invalid/],
    ["a segment of WAL that is gone", "rm $(find postgres/archive -name '*.zst' | sort | tail -n 2 | head -n 1)", /WAL and backups: WAL is missing in the store: between|database: what was restored does not start/],
    ["another password", "sed -i \"s/PASSWORD=.*/PASSWORD=another/\" /etc/etage/backup/restic.env", /store of files and exports: .*wrong password/],
  ])("finds %s", async (_name, damage, fault) => {
    await host.on("systemctl stop etage-backup-wal; cp -a /srv/store /srv/kept; cp -a /etc/etage/backup /srv/settings");
    try {
      await host.on(`cd /srv/store/shared && ${damage}`);
      const { code, text } = await host.deploy(backupVerify, { host: "shared" });
      expect([code, text]).toEqual([1, expect.stringMatching(fault)]);
      expect(host.beats.at(-1)).toBe("/shared/fail");
      expect((await host.deploy(backupStatus)).code).toBe(1);
    } finally {
      // In place: the folders are what the database's container is shown.
      await host.on("rm -rf /srv/store/shared && cp -a /srv/kept/shared /srv/store/ && cp -a /srv/settings/. /etc/etage/backup/ && rm -rf /srv/kept /srv/settings; systemctl start etage-backup-wal");
      // What was shipped meanwhile is not in the copy: a new chain begins, with a piece that ends now.
      await host.sql("insert into notes values (2)");
      await new Promise((done) => setTimeout(done, 3000));
      await host.deploy(backupRun, { host: "shared", kind: ["database"] });
    }
  }, 180_000);

  it("says within one look that the store is away, and keeps WAL until it is back", async () => {
    await host.on("mv /srv/store/shared /srv/store/away");
    try {
      await host.sql("insert into notes values (3)");
      await host.on("systemctl start etage-backup-check || true");
      expect((await state()).wrong).toContainEqual(expect.stringMatching(/^store: restic: /));
      expect(host.beats.at(-1)).toBe("/shared/fail");
    } finally {
      await host.on("mv /srv/store/away /srv/store/shared");
    }
    await expect.poll(() => host.sql("select count(*) from pg_ls_archive_statusdir() where name like '%.ready'"), { timeout: 90_000 }).toBe("0");
    await host.on("systemctl start etage-backup-check || true");
    expect((await state()).wrong.filter((what) => what.startsWith("store:"))).toEqual([]);
  }, 180_000);

  it("takes everything out of the store when its host goes, and a second time finds nothing", async () => {
    const wipe = async (): Promise<number> => parseForgotten(await host.on(render(wipeBackups())));
    expect(await wipe()).toBeGreaterThan(5);
    expect(await host.on("set -a; . /etc/etage/backup/restic.env; restic snapshots --json; find /srv/store/shared/postgres -type f; find /srv/store/shared/files/data -type f; systemctl list-units --no-legend --state active 'etage-backup-*'")).toBe("[]");
    expect(await wipe()).toBe(0);
  }, 180_000);
});
