/** Told for real: over HTTP and SMTP, to servers that stumble, refuse and hang. */
import { createHmac } from "node:crypto";
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { hosting } from "../../../../model/schema.ts";
import type { Event } from "../../../../deploy/report/event.ts";
import { type Content, endContent, failureContent, message } from "../../../../deploy/report/notify/message.ts";
import { noticesOf } from "../../../../deploy/report/notify/notices.ts";
import { notifierOf, openNotifier } from "../../../../deploy/report/notify/notifier.ts";
import { channelsOf } from "../../../../deploy/report/notify/settings.ts";
import { signed } from "../../../../deploy/report/notify/webhook.ts";
import { failed, summaryOf } from "../summaries.ts";
import { httpServer, smtpServer } from "./servers.ts";

const subject = { platform: "demo", operation: "op", verb: "update-all", release: "v2", by: "ada", machine: "laptop" };
const start: Content<"start"> = { hosts: 3, rings: 2 };
const now = (): Date => new Date("2026-05-01T10:00:00Z");
const notify = (given: object) => hosting.shape.notify.parse(given);
const secret = `whsec_${Buffer.from("an example secret of 32 bytes!!!").toString("base64")}`;

describe("over HTTP", () => {
  it("is told again when the server stumbles twice, once in the end", async () => {
    await using server = await httpServer([500, 503, 200]);
    const notifier = openNotifier(notify({ slack: server.url }), {}, now);
    notifier.tell("start", { ...subject, ...start });
    expect(await notifier.settle()).toEqual([]);
    expect(server.calls.map(({ body }) => body)).toEqual(Array(3).fill(JSON.stringify({ text: ":arrow_forward: *update-all v2* begins: 3 hosts in 2 rings\nby ada from laptop" })));
  }, 20_000);

  it("a webhook gets the documented JSON, in order, signed over what was sent", async () => {
    await using server = await httpServer([503, 200]);
    const notifier = openNotifier(notify({ webhook: { url: server.url, secret: "env:KEY" } }), { KEY: secret }, now);
    notifier.tell("start", { ...subject, ...start });
    notifier.tell("failure", { ...subject, ...failureContent(failed) });
    notifier.tell("end", { ...subject, ...endContent(summaryOf()) });
    expect(await notifier.settle()).toEqual([]);
    expect(server.calls.map(({ body }) => message.parse(JSON.parse(body)).kind)).toEqual(["start", "start", "failure", "end"]);
    for (const { body, headers } of server.calls) {
      expect(headers).toMatchObject({ "content-type": "application/json", "webhook-id": `op-${(JSON.parse(body) as { kind: string }).kind}`, "webhook-timestamp": "1777629600" });
      const expected = createHmac("sha256", "an example secret of 32 bytes!!!").update(`${headers["webhook-id"]}.1777629600.${body}`).digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${expected}`);
    }
  }, 20_000);

  it("signs as the standard's own library does", () => {
    expect(signed('{"kind":"start"}', "20260501-op-start", 1_777_629_600, secret)["webhook-signature"]).toBe("v1,I7MLHt8WHNEii+XUD+MMuk2xWlxC6b6yihmJ/9bH1tY=");
    expect(signed("", "id", 0, undefined)).toEqual({ "webhook-id": "id", "webhook-timestamp": "0" });
  });

  it.each<[answer: number, headers: Record<string, string>]>([[404, {}], [307, { location: "/elsewhere" }], [429, { "retry-after": "3600" }]])("%d %j is not asked again", async (answer, headers) => {
    await using server = await httpServer([answer], headers);
    const notifier = openNotifier(notify({ slack: server.url }), {}, now);
    notifier.tell("start", { ...subject, ...start });
    expect(await notifier.settle()).toEqual([`Slack was not told of the start: it answered ${answer}`]);
    expect(server.calls.length).toBe(1);
  });

  it("waits as long as a busy server asks for", async () => {
    await using server = await httpServer([429, 200], { "retry-after": "1" });
    const notifier = openNotifier(notify({ slack: server.url }), {}, now);
    const began = performance.now();
    notifier.tell("start", { ...subject, ...start });
    expect(await notifier.settle()).toEqual([]);
    expect(performance.now() - began).toBeGreaterThan(1000);
  }, 20_000);

  it("a server that never answers slows nothing down, and is given up in time", async () => {
    await using server = await httpServer([null]);
    const notifier = notifierOf(channelsOf(notify({ slack: server.url }), {}, now), ["start", "failure", "end"], now, 300);
    const began = performance.now();
    notifier.tell("start", { ...subject, ...start });
    notifier.tell("end", { ...subject, ...endContent(summaryOf()) });
    expect(performance.now() - began).toBeLessThan(100);
    expect(await notifier.settle()).toEqual(["Slack was not told of the start: no answer in time", "Slack was not told of the end: no answer in time"]);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("nobody there is told in words, without the address", async () => {
    const notifier = openNotifier(notify({ slack: "http://127.0.0.1:2/hook/hidden" }), {}, now);
    notifier.tell("start", { ...subject, ...start });
    const [fault] = await notifier.settle();
    expect(fault).toMatch(/^Slack was not told of the start: .*ECONNREFUSED/);
    expect(fault).not.toContain("hidden");
  }, 20_000);

  it("tells only what is asked for", async () => {
    await using server = await httpServer([200]);
    const notifier = openNotifier(notify({ slack: server.url, on: ["end"] }), {}, now);
    notifier.tell("start", { ...subject, ...start });
    notifier.tell("end", { ...subject, ...endContent(summaryOf()) });
    await notifier.settle();
    expect(server.calls.map(({ body }) => body)).toEqual([expect.stringContaining("halted")]);
  });
});

describe("over SMTP", () => {
  const settings = (port: number, password = "s%2Fcret") => ({
    notify: notify({ mail: { to: ["ops@example.com", "night@example.com"], from: "etage@example.com", server: "env:SMTP" } }), environment: { SMTP: `smtp://etage:${password}@127.0.0.1:${port}` },
  });

  it("logs in, is refused for now, and gets through", async () => {
    await using server = await smtpServer({ user: "etage", password: "s/cret", refusals: 1 });
    const { notify, environment } = settings(server.port);
    const notifier = openNotifier(notify, environment, now);
    notifier.tell("failure", { ...subject, ...failureContent(failed) });
    expect(await notifier.settle()).toEqual([]);
    expect(server.mails.map(({ to }) => to)).toEqual([["ops@example.com", "night@example.com"]]);
    const { text } = server.mails[0]!;
    for (const line of ["From: etage@example.com", "To: ops@example.com, night@example.com", "Subject: [demo] update-all v2: shared failed in gate-inside", "Message-ID: <op.failure@example.com>", "References: <op.start@example.com>", "v1 kept serving; v2 removed"]) {
      expect(text.split("\r\n")).toContain(line);
    }
  }, 20_000);

  const outside = Object.values(networkInterfaces()).flat().find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;
  it.runIf(outside)("no password in the open to another machine", async () => {
    await using server = await smtpServer({ user: "etage", password: "s/cret", address: outside! });
    const { notify, environment } = settings(server.port);
    const notifier = openNotifier(notify, { SMTP: environment.SMTP.replace("127.0.0.1", outside!) }, now);
    notifier.tell("start", { ...subject, ...start });
    expect(await notifier.settle()).toEqual([expect.stringMatching(/STARTTLS/)]);
    expect([server.logins, server.mails]).toEqual([[], []]);
  }, 20_000);

  it("a wrong password is told without it, and not tried again", async () => {
    await using server = await smtpServer({ user: "etage", password: "s/cret" });
    const { notify, environment } = settings(server.port, "hidden");
    const notifier = openNotifier(notify, environment, now);
    notifier.tell("start", { ...subject, ...start });
    const faults = await notifier.settle();
    expect(faults).toEqual([expect.stringMatching(/^mail was not told of the start: Invalid login: 535/)]);
    expect(faults.join()).not.toContain("hidden");
  }, 20_000);
});

describe("from the events of an operation", () => {
  const started: Event = { type: "operation-started", operation: "op", verb: "update-all", release: "v2", hosts: 3, rings: 2 };
  const after = async (...events: Event[]) => {
    const told: string[] = [];
    const shown: Event[] = [];
    const channel = { name: "test", secrets: ["hunter2"], send: async (message: { kind: string }) => { told.push(message.kind); if (message.kind === "failure") throw new Error("hunter2 is wrong"); } };
    const report = { event: (event: Event) => { shown.push(event); }, text: () => {}, data: () => {} };
    const notices = noticesOf(report, notifierOf([channel], ["start", "failure", "end"], now), { platform: "demo", by: "ada", machine: "laptop" }, now);
    for (const event of events) notices.report.event(event);
    await notices.close();
    return { told, notes: shown.slice(events.length), passed: shown.length >= events.length };
  };
  const interrupted = { ...failed, failure: { ...failed.failure!, interrupted: true as const } };

  it.each<[what: string, Event[], string[]]>([
    ["start, first failure, end", [started, { type: "host-ended", result: failed }, { type: "host-ended", result: failed }, { type: "operation-ended", summary: summaryOf() }], ["start", "failure", "end"]],
    ["a bake that goes wrong is a failure", [started, { type: "bake-ended", ring: 1, faults: [{ host: "a", fault: "x" }] }, { type: "operation-ended", summary: summaryOf() }], ["start", "failure", "end"]],
    ["a person who stops it is no failure", [started, { type: "host-ended", result: interrupted }, { type: "operation-ended", summary: summaryOf({ stopped: true }) }], ["start", "end"]],
    ["an exception ends it too", [started], ["start", "end"]],
    ["nothing to do is no news", [{ ...started, hosts: 0, rings: 0 }, { type: "operation-ended", summary: summaryOf({ ok: true, hosts: [] }) }], []],
    ["refused before it began", [], []],
  ])("%s", async (_what, events, kinds) => {
    expect((await after(...events)).told).toEqual(kinds);
  });

  it("what was not told is a note, without secrets", async () => {
    const { notes } = await after(started, { type: "host-ended", result: failed }, { type: "operation-ended", summary: summaryOf() });
    expect(notes).toEqual([{ type: "note", host: null, message: "test was not told of the failure: ‹secret› is wrong" }]);
  });
});
