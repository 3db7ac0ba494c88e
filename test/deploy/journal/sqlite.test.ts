/** The journal on a real file: what every store does, and what only files have: older layouts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "../../../deploy/journal/open.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { journalSuite } from "./suite.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "etage-journal-")); });
afterEach(() => rmSync(folder, { recursive: true }));

journalSuite("a SQLite file", async () => {
  const state = join(folder, "journal.sqlite");
  return { state, judges: false, open: () => openJournal(state, "/") };
});

/** As it was before versions were counted. */
const FIRST_LAYOUT = `
create table operations (id text primary key, verb text not null, subject text not null, by text not null, machine text not null, startedAt text not null, endedAt text, outcome text, detail text) strict;
create table steps (id integer primary key, operation text not null references operations, host text not null, step text not null, startedAt text not null, endedAt text, outcome text, detail text) strict;
create index steps_of_operation on steps (operation);
create table releases (version text primary key, digest text not null, image text not null, "commit" text, dirty integer not null, migrations text not null, builtAt text not null, by text not null) strict;
insert into operations values ('done', 'update-all', 'v1', 'ada', 'laptop', '2026-01-01T10:00:00.000Z', '2026-01-01T10:01:00.000Z', 'ok', '[["orion","updated"]]');
insert into operations values ('killed', 'update', 'v2', 'ada', 'laptop', '2026-01-02T10:00:00.000Z', null, null, null);
insert into steps values (7, 'killed', 'orion', 'lock', '2026-01-02T10:00:00.000Z', '2026-01-02T10:00:01.000Z', 'ok', null), (8, 'killed', 'orion', 'pull', '2026-01-02T10:00:01.000Z', null, null, null);
insert into releases values ('v1', 'sha256:1', 'r/app', null, 1, '[{"name":"0001","reversible":true}]', '2026-01-01T09:00:00.000Z', 'ada');
`;

describe("a file of the first layout", () => {
  beforeEach(() => {
    const file = new DatabaseSync(join(folder, "old.sqlite"));
    file.exec(FIRST_LAYOUT);
    file.close();
  });

  it("is brought up without loss, and what was killed then is closed now", async () => {
    const journal = openJournal("old.sqlite", folder);
    expect(await journal.operations(10)).toEqual([
      { id: "killed", verb: "update", subject: "v2", by: "ada", machine: "laptop", startedAt: "2026-01-02T10:00:00.000Z", endedAt: null, outcome: null, detail: null, parent: null, lostTo: null, beatAt: "2026-01-02T10:00:00.000Z" },
      { id: "done", verb: "update-all", subject: "v1", by: "ada", machine: "laptop", startedAt: "2026-01-01T10:00:00.000Z", endedAt: "2026-01-01T10:01:00.000Z", outcome: "ok", detail: '[["orion","updated"]]', parent: null, lostTo: null, beatAt: "2026-01-01T10:01:00.000Z" },
    ]);
    expect((await journal.steps("killed")).map(({ id, step, outcome }) => [id, step, outcome])).toEqual([[7, "lock", "ok"], [8, "pull", null]]);
    expect(await journal.releases()).toMatchObject([{ version: "v1", dirty: true, migrations: [{ name: "0001", reversible: true }] }]);
    expect(await journal.closeAbandoned("2026-01-03T00:00:00.000Z", "2026-01-03T00:00:30.000Z")).toMatchObject([{ id: "killed", outcome: "abandoned" }]);
    expect(await journal.stepStarted({ operation: "done", host: "orion", step: "lock", startedAt: "2026-01-03T00:00:00.000Z" })).toBe(9);
    await journal.close();
  });

  it("is brought up once, whoever comes first", async () => {
    const journals = [openJournal("old.sqlite", folder), openJournal("old.sqlite", folder)];
    for (const journal of journals) expect(await journal.operations(10)).toHaveLength(2);
    await Promise.all(journals.map((journal) => journal.close()));
  });
});

describe("a file", () => {
  it("made by a newer program is refused", () => {
    const file = new DatabaseSync(join(folder, "new.sqlite"));
    file.exec("pragma user_version = 99");
    file.close();
    expect(() => openJournal("new.sqlite", folder)).toThrow(expect.objectContaining({
      message: `the journal ${join(folder, "new.sqlite")} has version 99 of its schema, and this program knows 3: a newer one made it`, hint: expect.stringContaining("update your copy"), code: 2,
    }));
  });

  it("that is none is refused", () => {
    expect(() => openJournal(import.meta.filename, "/")).toThrow(/can't be opened: file is not a database/);
    expect(() => openJournal("/dev/null/x.sqlite", "/")).toThrow(/can't be opened/);
  });

  it("that somebody else holds is waited for, without holding up the rest; for too long, it is away: a sentence, no bug", async () => {
    const journal = openSqlite(join(folder, "state.sqlite"), 500);
    const other = new DatabaseSync(join(folder, "state.sqlite"));
    other.exec("begin exclusive");
    setTimeout(() => other.exec("commit"), 200);
    await journal.begin({ id: "op", verb: "update", subject: "v1", by: "ada", machine: "laptop", startedAt: "" });
    other.exec("begin exclusive");
    await expect(journal.end("op", "", "ok", null)).rejects.toMatchObject({ name: "JournalAway", message: `the journal ${join(folder, "state.sqlite")} can't be used: database is locked` });
    other.exec("commit");
    await journal.end("op", "", "ok", null);
    other.close();
    await journal.close();
  });
});
