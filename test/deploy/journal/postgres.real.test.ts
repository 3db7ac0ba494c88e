/** The journal on a real PostgreSQL server: what every store does, and what only a server can do to us. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openJournal } from "../../../deploy/journal/open.ts";
import { type Place, placeOf } from "../../../deploy/journal/place.ts";
import { openPostgres } from "../../../deploy/journal/postgres.ts";
import { type Door, doorTo, startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { journalSuite } from "./suite.ts";

let server: TestPostgres;
let door: Door;
beforeAll(async () => {
  server = await startPostgres();
  door = await doorTo(server.port);
});
afterAll(async () => {
  await door.shut();
  await server.stop();
});

let databases = 0;
const fresh = (): Promise<string> => server.url(`journal_${databases += 1}`);

journalSuite("PostgreSQL", async () => {
  const state = await fresh();
  return { state, judges: true, open: () => openJournal(state, "/") };
});

const operation = (id: string) => ({ id, verb: "update-all", subject: "v2", by: "ada", machine: "laptop", startedAt: new Date().toISOString() });
const lock = (owner: string) => ({ name: "rollout", operation: owner, by: "ada", machine: "laptop", reason: "update-all v2", since: new Date().toISOString() });
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the server", () => {
  it("judges by its own clock, however wrong the operators' are", async () => {
    const state = await fresh();
    const [early, late] = [openJournal(state, "/"), openJournal(state, "/")];
    const at = (hours: number, seconds = 0) => new Date(Date.now() + hours * 3_600_000 - seconds * 1000).toISOString();
    await early.begin(operation("early"));
    expect(await early.takeLock(lock("early"), at(-5), at(-5, 30))).toEqual({ outcome: "taken" });
    expect(await late.takeLock(lock("late"), at(5), at(5, 30))).toMatchObject({ outcome: "held", silentSeconds: expect.toSatisfy((silent: number) => silent >= 0 && silent < 5) });
    expect(await late.closeAbandoned(at(5, 30), at(5))).toEqual([]);
    expect(Math.abs(Date.parse(await late.clock(at(5))) - Date.now())).toBeLessThan(5_000);
    await wait(600);
    expect(await late.takeLock(lock("late"), at(-9), at(-9, 0.5))).toMatchObject({ outcome: "taken-over" });
    await Promise.all([early.close(), late.close()]);
  });

  it("is set up by two at once as by one", async () => {
    const state = await fresh();
    const journals = Array.from({ length: 6 }, () => openJournal(state, "/"));
    expect(await Promise.all(journals.map((journal) => journal.operations(1)))).toEqual(journals.map(() => []));
    await Promise.all(journals.map((journal) => journal.close()));
  });

  it("with a journal of a newer program is refused", async () => {
    const state = await fresh();
    const journal = openJournal(state, "/");
    await journal.operations(1);
    await server.sql(state.split("/").at(-1)!, "update etage.version set number = 99");
    const older = openJournal(state, "/");
    await expect(older.operations(1)).rejects.toMatchObject({ message: expect.stringMatching(/^the journal postgres:\/\/app@127\.0\.0\.1:\d+\/journal_\d+ has version 99 of its schema, and this program knows 2: a newer one made it$/), code: 2 });
    await Promise.all([journal.close(), older.close()]);
  });

  it.each<[string, (url: URL) => void, RegExp, number]>([
    ["a password is wrong", (url) => { url.password = "wrong-word"; }, /can't be used: it does not accept the password of app$/, 2],
    ["there is no such database", (url) => { url.pathname = "/nowhere"; }, /can't be used: it has no database nowhere$/, 2],
    ["the user may make nothing there", (url) => { [url.username, url.password] = ["guest", "hidden-word"]; }, /can't be used: guest may not do that: permission denied for database/, 2],
    ["nothing listens", (url) => { url.port = "1"; }, /can't be used: nothing listens there$/, 1],
    ["no such name", (url) => { url.hostname = "db.invalid"; }, /can't be used: the name db\.invalid is not known$|can't be looked up/, 1],
    ["TLS is asked of a server without", (url) => { url.search = "?sslmode=verify-full"; }, /can't be used: it does not speak TLS$/, 1],
    ["a certificate is not there", (url) => { url.search = "?sslrootcert=/nowhere/ca.pem"; }, /can't be used: ENOENT.*ca\.pem'$/, 2],
  ])("when %s, says so at the first use, and keeps the password", async (_name, change, message, code) => {
    const url = new URL(await fresh());
    await server.sql("postgres", "create role guest login password 'hidden-word'").catch(() => {});
    change(url);
    const attempt = async () => {
      const journal = openJournal(url.href, "/");
      await journal.operations(1).finally(() => journal.close());
    };
    const error = await attempt().then(() => undefined, (error: Error & { hint: string; code: number }) => error);
    expect(error).toMatchObject({ name: "JournalAway", message: expect.stringMatching(message), code, hint: expect.any(String) });
    expect(`${error!.message} ${error!.hint} ${error!.stack}`).not.toMatch(/hidden-word|wrong-word/);
  });
});

describe("a connection that is lost in the middle", () => {
  async function throughDoor(patienceSeconds: number) {
    const url = new URL(await fresh());
    url.port = String(door.port);
    const notes: string[] = [];
    const journal = openPostgres(placeOf(url.href, "/") as Extract<Place, { kind: "postgres" }>, { note: (message) => notes.push(message), patienceSeconds });
    await journal.begin(operation("op"));
    return { journal, notes };
  }

  it("is made anew: a blink of seconds costs seconds, and no write is lost or doubled", async () => {
    const { journal, notes } = await throughDoor(20);
    const writing = Promise.all(Array.from({ length: 5 }, async (_, host) => {
      for (let at = 0; at < 40; at += 1) {
        const step = await journal.stepStarted({ operation: "op", host: `host-${host}`, step: `step-${at}`, startedAt: new Date().toISOString() });
        await journal.stepEnded(step, new Date().toISOString(), "ok", null);
      }
    }));
    await wait(30);
    await door.shut();
    await wait(2_000);
    await door.open();
    await writing;
    const steps = await journal.steps("op");
    expect(steps.map(({ host, step, outcome }) => `${host} ${step} ${outcome}`).sort()).toEqual(
      Array.from({ length: 5 }, (_, host) => Array.from({ length: 40 }, (_, at) => `host-${host} step-${at} ok`)).flat().sort());
    expect(notes).toEqual([expect.stringMatching(/^The journal postgres:\/\/app@127\.0\.0\.1:\d+\/journal_\d+ does not answer: .*; trying for 20 s$/), "The journal answers again"]);
    await journal.close();
  });

  it("by the server's administrator is not even told when the next one works", async () => {
    const { journal } = await throughDoor(20);
    await server.sql("postgres", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etage deploy'");
    await journal.end("op", new Date().toISOString(), "ok", null);
    expect(await journal.operation("op")).toMatchObject({ outcome: "ok" });
    await journal.close();
  });

  it("and does not come back ends in a sentence; later calls don't wait again; what came back is used", async () => {
    const { journal, notes } = await throughDoor(1);
    await door.shut();
    await expect(journal.stepStarted({ operation: "op", host: "orion", step: "lock", startedAt: new Date().toISOString() })).rejects.toMatchObject({
      name: "JournalAway", message: expect.stringMatching(/has been away for [12] s: nothing listens there$/) });
    const began = Date.now();
    await expect(journal.beat("op", new Date().toISOString())).rejects.toMatchObject({ name: "JournalAway", message: expect.stringMatching(/can't be used: nothing listens there$/) });
    expect(Date.now() - began).toBeLessThan(500);
    await door.open();
    expect(await journal.beat("op", new Date().toISOString())).toBe(true);
    expect(notes.at(-1)).toBe("The journal answers again");
    await journal.close();
  });

  it("without a word (a cut network) is given up after ten seconds, and tried anew", async () => {
    const { journal, notes } = await throughDoor(60);
    door.hush(true);
    setTimeout(() => door.hush(false), 11_000);
    const began = Date.now();
    await journal.end("op", new Date().toISOString(), "ok", null);
    expect(Date.now() - began).toBeGreaterThan(9_000);
    expect(notes).toEqual([expect.stringMatching(/does not answer: no answer; trying/), "The journal answers again"]);
    await journal.close();
  }, 60_000);
});
