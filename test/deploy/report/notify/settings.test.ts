/** What must be right before anything starts. */
import { expect, it } from "vitest";
import { hosting } from "../../../../model/schema.ts";
import { channelsOf } from "../../../../deploy/report/notify/settings.ts";

type Given = Parameters<typeof hosting.shape.notify.parse>[0];
const channels = (notify: Given, environment: Record<string, string> = {}) => channelsOf(hosting.shape.notify.parse(notify), environment, () => new Date());
const mail = { to: ["ops@example.com"], from: "etage@example.com", server: "env:SMTP" };
const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

it.each<[what: string, Given, Record<string, string>, string[]]>([
  ["nothing", {}, {}, []],
  ["an address", { slack: "https://x/y" }, {}, ["Slack"]],
  ["all by variables", { slack: "env:S", webhook: { url: "env:W", secret: "env:K" }, mail }, { S: "https://x/y", W: "http://x", K: secret, SMTP: "smtps://a:b@c" }, ["Slack", "the webhook", "mail"]],
  ["left out by empty variables", { slack: "env:S", webhook: { url: "env:W", secret: "env:K" }, mail }, { S: "", W: " ", SMTP: "" }, []],
])("%s", (_what, notify, environment, names) => {
  expect(channels(notify, environment).map(({ name }) => name)).toEqual(names);
});

it.each<[what: string, Given, Record<string, string>, message: string, hint?: string]>([
  ["no variable", { slack: "env:S" }, {}, "notify.slack: the variable S is not set", "set it, or `S=` (empty) to tell nobody there"],
  ["no URL", { slack: "env:S" }, { S: "hidden" }, "notify.slack: S does not hold a URL that begins with https:// or http://"],
  ["another kind of URL", { webhook: { url: "env:W" } }, { W: "ftp://hidden" }, "notify.webhook.url: W does not hold a URL that begins with https:// or http://"],
  ["no secret", { webhook: { url: "https://x", secret: "env:K" } }, {}, "notify.webhook.secret: the variable K is not set", "set it, or `K=` (empty) to tell nobody there"],
  ["an empty secret signs nothing", { webhook: { url: "https://x", secret: "env:K" } }, { K: "" }, "notify.webhook.secret: K does not hold whsec_ and 24 to 64 bytes in base64", "make one: echo whsec_$(openssl rand -base64 32)"],
  ["a short secret", { webhook: { url: "https://x", secret: "env:K" } }, { K: "whsec_aGlkZGVu" }, "notify.webhook.secret: K does not hold whsec_ and 24 to 64 bytes in base64", "make one: echo whsec_$(openssl rand -base64 32)"],
  ["no mail server", { mail }, { SMTP: "smtp://" }, "notify.mail.server: SMTP does not hold a URL that begins with smtp:// or smtps://"],
])("%s is a fault, told without its value", (_what, notify, environment, message, hint) => {
  expect(() => channels(notify, environment)).toThrow(expect.objectContaining({ message, code: 2, ...(hint ? { hint } : {}) }));
});
