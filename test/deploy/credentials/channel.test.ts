/** How a password gets to whoever needs it, and that it gets nowhere else. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeAdmins } from "../../../deploy/credentials/admin.ts";
import { type Channel, channelOf, type ChannelOptions } from "../../../deploy/credentials/channel.ts";
import { gathered } from "../../../deploy/credentials/gathered.ts";
import { expectCredentials, pendingCredentials } from "../../../deploy/credentials/pending.ts";
import { messageOf } from "../../../deploy/errors.ts";
import type { AppSpec } from "../../../deploy/host/docker.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { hosting } from "../../../model/schema.ts";
import { smtpServer } from "../report/notify/servers.ts";
import { ScriptedRunner } from "../support/scripted.ts";

const credentials = { slug: "acme", url: "https://acme.example.com/", email: "info@acme.com", password: "correct-horse" };
const never = new AbortController().signal;
const open = (options: Partial<ChannelOptions>): Channel => channelOf({ setting: "print", notify: hosting.shape.notify.parse({}), platform: "demo", environment: process.env, terminal: null, ...options });
const reasonOf = (work: Promise<unknown>): Promise<string> => work.then(() => "none", messageOf);

describe("printed", () => {
  it("once, on a terminal", async () => {
    const shown: string[] = [];
    const channel = open({ terminal: (text) => shown.push(text) });
    expect([channel.fault, await channel.deliver(credentials, never)]).toEqual([null, "printed"]);
    expect(shown).toEqual(["acme: https://acme.example.com/\n  e-mail    info@acme.com\n  password  correct-horse   (shown once)"]);
  });
  it("nowhere else", () => expect(open({}).fault).toBe("they are printed on a terminal only, and there is none"));
});

describe("by mail", () => {
  const notify = hosting.shape.notify.parse({ mail: { to: ["ops@example.com"], from: "etage@example.com", server: `env:SMTP` } });
  const setting = (port: number, password: string) => ({ setting: "mail", notify, environment: { SMTP: `smtp://etage:${password}@127.0.0.1:${port}` } }) as const;
  it("to the customer, not to the operators", async () => {
    await using server = await smtpServer({ user: "etage", password: "hidden" });
    expect(await open(setting(server.port, "hidden")).deliver(credentials, never)).toBe("mailed");
    expect(server.mails.map(({ to }) => to)).toEqual([["info@acme.com"]]);
    expect(server.mails[0]!.text).toMatch(/Subject: Your login at acme\.example\.com[^]*Password: correct-horse/);
  });
  it("a server that takes none is told without any secret", async () => {
    await using server = await smtpServer({ user: "etage", password: "another" });
    const reason = await reasonOf(open(setting(server.port, "hidden")).deliver(credentials, never));
    expect(reason).toMatch(/^mail to acme's address was not taken: /);
    expect(reason).not.toMatch(/hidden|correct-horse/);
  });
  it("an empty variable means: not from this machine", () => expect(open({ ...setting(1, "x"), environment: { SMTP: "" } }).fault).toBe("the variable of notify.mail.server is empty"));
});

describe("to a command", () => {
  it("on its standard input", async () => {
    const folder = mkdtempSync(join(tmpdir(), "etage-credentials-"));
    try {
      expect(await open({ setting: { command: ["sh", "-c", `cat >"$0"`, join(folder, "got")] } }).deliver(credentials, never)).toBe("given to sh");
      expect(JSON.parse(readFileSync(join(folder, "got"), "utf8"))).toEqual(credentials);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  it.each<[what: string, command: string[], reason: RegExp]>([
    ["that fails, and repeats what it got", ["sh", "-c", "cat >&2; exit 3"], /^credentials: the command sh failed with 3\n {2}.*‹secret›/],
    ["that reads nothing and fails", ["false"], /^credentials: the command false failed with 1/],
    ["that is not there", ["etage-no-such-program"], /is not on the PATH/],
  ])("%s", async (_what, command, reason) => {
    const said = await reasonOf(open({ setting: { command } }).deliver(credentials, never));
    expect(said).toMatch(reason);
    expect(said).not.toContain("correct-horse");
  });
});

describe("the app's admins", () => {
  const spec = { name: "task", version: "v1", image: "shop/app@sha256:1", network: "etage", dataPath: "/mnt/data", environment: {} } as unknown as AppSpec;
  const ask = { slug: "acme", email: "info@acme.com", url: credentials.url };
  it("are made in one run, and their passwords stand in no argument and no log", async () => {
    const host = new ScriptedRunner([{ when: / admins$/, answer: { stdout: `started\n${JSON.stringify({ slug: "beta", fault: "There is no organisation beta" })}\n${JSON.stringify(credentials)}\n` } }]);
    const [acme, beta] = await makeAdmins(host, spec, [ask, { slug: "beta", email: "info@beta.com", url: "https://beta/" }]);
    expect([acme, (beta as Error).message]).toEqual([credentials, "orion: the app made no admin for beta: There is no organisation beta"]);
    expect(host.transcript).toEqual([expect.stringContaining("--log-driver none")]);
    expect(JSON.parse(host.inputs[0]!)).toEqual([{ slug: "acme", email: "info@acme.com" }, { slug: "beta", email: "info@beta.com" }]);
  });
  it.each<[what: string, answer: object, reason: RegExp]>([
    ["a failure quotes only what is for people", { code: 1, stdout: "correct-horse", stderr: "The database is away" }, /^orion: the app made no admin for acme: The database is away$/],
    ["an answer of another form is not quoted", { stdout: "password: correct-horse" }, /answers something else/],
  ])("%s", async (_what, answer, reason) => {
    const [said] = await makeAdmins(new ScriptedRunner([{ when: /./, answer }]), spec, [ask]);
    expect((said as Error).message).toMatch(reason);
    expect((said as Error).message).not.toContain("correct-horse");
  });
});

describe("gathered", () => {
  it("does it for the first at once, and for all who come meanwhile in one go; a failure is its own", async () => {
    const runs: number[][] = [];
    const one = gathered<number, number>(async (list) => {
      runs.push([...list]);
      await Promise.resolve();
      if (list.includes(9)) throw new Error("away");
      return list.map((each) => each === 3 ? new Error("three") : each * 10);
    });
    const came = await Promise.allSettled([1, 2, 3, 4].map(one));
    expect(came.map((each) => each.status === "fulfilled" ? each.value : (each.reason as Error).message)).toEqual([10, 20, "three", 40]);
    expect(runs).toEqual([[1], [2, 3, 4]]);
    await expect(one(9)).rejects.toThrow("away");
    expect(await one(5)).toBe(50);
  });
});

describe("who still needs some", () => {
  it("is noted once, stays until a delivery went well, and may need them again in another life", async () => {
    const journal = openSqlite(":memory:");
    let second = 0;
    const now = () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++));
    const context = { journal, now, environment: { operator: "ada", machine: "laptop" }, shortId: () => String(second++).padStart(6, "0") } as unknown as Parameters<typeof expectCredentials>[0];
    const deliver = async (subject: string, outcome: "ok" | "failed"): Promise<void> => {
      const id = `d${second}`;
      await journal.begin({ id, verb: "customer credentials", subject, by: "ada", machine: "laptop", startedAt: now().toISOString() });
      await journal.end(id, now().toISOString(), outcome, null);
    };
    const pending = async (): Promise<string[]> => [...await pendingCredentials(journal)].sort();
    await expectCredentials(context, ["acme", "beta"]);
    await expectCredentials(context, ["acme"]);
    expect(await journal.about("customer credentials", "acme", 9)).toHaveLength(1);
    await deliver("acme", "failed");
    expect(await pending()).toEqual(["acme", "beta"]);
    await deliver("acme", "ok");
    expect(await pending()).toEqual(["beta"]);
    await expectCredentials(context, ["acme"]);
    expect(await pending()).toEqual(["acme", "beta"]);
    await journal.close();
  });
});
