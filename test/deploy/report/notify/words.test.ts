/** Each message in words, for chat and mail; and that nothing of a host's own words gets into one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mailOf } from "../../../../deploy/report/notify/mail.ts";
import { bakeContent, brokenContent, type Content, endContent, failureContent, type Kind, message, type Message } from "../../../../deploy/report/notify/message.ts";
import { slackText } from "../../../../deploy/report/notify/slack.ts";
import { failed, host, summaryOf } from "../summaries.ts";

const say = <K extends Kind>(kind: K, content: Content<K>): Message => message.parse({
  format: 1, kind, at: "2026-05-01T10:00:00Z", platform: "demo", operation: "op", verb: "update-all", release: "v2", by: "ada", machine: "laptop", ...content,
});

const census = [{ host: "helmex", release: "v2", ok: true, detail: "x" }, { host: "shared", release: "v1", ok: true, detail: "x" }, { host: "orion", release: null, ok: false, detail: "does not answer: hidden" }];

describe("in the chat", () => {
  it.each<[what: string, Message, string]>([
    ["start", say("start", { hosts: 3, rings: 2 }), ":arrow_forward: *update-all v2* begins: 3 hosts in 2 rings\nby ada from laptop"],
    ["failure", say("failure", failureContent(failed)), ":rotating_light: *update-all v2*: *shared* failed in gate-inside\nv1 kept serving; v2 removed\nby ada from laptop"],
    ["bake", say("failure", bakeContent(1, ["a", "b"])), ":rotating_light: *update-all v2*: *a, b* did not do well while ring 1 was watched\nby ada from laptop"],
    ["halted", say("end", endContent(summaryOf({ census, waiting: [{ host: "luna", until: "2026-05-03T00:00:00.000Z", reason: "x" }] }))), [
      ":rotating_light: *update-all v2* halted after 15 s", "updated: helmex", "failed: shared in gate-inside; v1 kept serving; v2 removed", "not reached: orion",
      "waits: luna until 2026-05-03T00:00:00.000Z", "runs now: v2 on 1 host, v1 on 1: shared; orion does not say", "by ada from laptop",
    ].join("\n")],
    ["done", say("end", endContent(summaryOf({ ok: true, hosts: [host("a", "updated")] }))), ":white_check_mark: *update-all v2* is done after 15 s\nupdated: a\nby ada from laptop"],
    ["reverted", say("end", endContent(summaryOf({ hosts: [host("a", "reverted"), failed] }))),
      ":rotating_light: *update-all v2* halted after 15 s\nfailed: shared in gate-inside; v1 kept serving; v2 removed\nbrought back: a\nby ada from laptop"],
    ["stopped", say("end", endContent(summaryOf({ stopped: true, hosts: [] }))), ":black_square_for_stop: *update-all v2* was stopped after 15 s\nby ada from laptop"],
    ["broken", say("end", brokenContent(3)), ":rotating_light: *update-all v2* broke off without a result after 3.0 s\nby ada from laptop"],
  ])("%s", (_what, message, text) => {
    expect(slackText(message)).toBe(text);
  });

  it("a name can't become a mention or a link", () => {
    expect(slackText({ ...say("start", { hosts: 1, rings: 1 }), by: "<!channel> & co" })).toContain("by &lt;!channel&gt; &amp; co from");
  });
});

describe("by mail", () => {
  it("the messages of an operation are one conversation", () => {
    expect(mailOf(say("start", { hosts: 1, rings: 1 }), "example.com")).toEqual({
      subject: "[demo] update-all v2 begins: 1 host in 1 ring", messageId: "<op.start@example.com>", headers: { "Auto-Submitted": "auto-generated" },
      text: "update-all v2 begins: 1 host in 1 ring.\n\nby ada from laptop\n\nOperation op: deploy history show op\n",
    });
    expect(mailOf(say("failure", failureContent(failed)), "example.com")).toMatchObject({
      subject: "[demo] update-all v2: shared failed in gate-inside", messageId: "<op.failure@example.com>", inReplyTo: "<op.start@example.com>", references: "<op.start@example.com>",
    });
  });
});

it("says nothing that a host said", () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), (words) => {
    const said = `‹${words}›`;
    const result = host("shared", "failed", { failure: { step: "switch", reason: `shared: ${said}`, undone: `what it runs now could not be made sure: ${said}\n${said}`, hint: said } });
    const summary = summaryOf({ hosts: [result], next: said, census: [{ host: "shared", release: null, ok: false, detail: said }], waiting: [{ host: "luna", until: null, reason: said }], skipped: [{ host: "x", reason: said }] });
    const messages = [say("failure", failureContent(result)), say("end", endContent(summary))];
    for (const message of messages) expect(JSON.stringify(message) + slackText(message) + mailOf(message, "x").text).not.toContain("‹");
  }));
});
