/** Who is told: addresses, secrets, what is told. */
import { expect, it } from "vitest";
import { faultLines, warningLines } from "./files.ts";

const address = "expected an http(s) URL, or `env:NAME` for the variable that holds it";

it.each<[what: string, notify: string, faults: string[], warnings?: string[]]>([
  ["all by variables", `{ slack: "env:SLACK", webhook: { url: "env:HOOK", secret: "env:HOOK_SECRET" }, mail: { to: [ops@example.com], from: etage@example.com, server: "env:SMTP" }, on: [failure] }`, []],
  ["plain addresses", `{ slack: "https://chat.example.com/hooks/x", webhook: { url: "http://10.0.0.9:8080/etage" }, mail: { to: [ops@example.com], from: etage@example.com, server: "smtp://localhost:2525" } }`, []],
  ["slack without scheme", `{ slack: chat.example.com/hooks/x }`, [
    `hosting.yaml:20:18  notify.slack  ${address}, found "chat.example.com/hooks/x"  [wrong-value]`,
  ]],
  ["a variable's name without env:", `{ slack: ETAGE_SLACK }`, [
    `hosting.yaml:20:18  notify.slack  ${address}, found "ETAGE_SLACK"; did you mean \`env:ETAGE_SLACK\`?  [wrong-value]`,
  ]],
  ["slack's address in the file", `{ slack: "https://hooks.slack.com/services/x" }`, [], [
    "hosting.yaml:20:18  notify.slack  whoever reads this address can write to the channel; keep it in a variable: env:ETAGE_SLACK  [notify-secret]",
  ]],
  ["webhook as text", `{ webhook: "https://ops.example.com" }`, [
    `hosting.yaml:20:20  notify.webhook  expected a mapping of keys, found "https://ops.example.com"  [wrong-type]`,
  ]],
  ["an address that can't be read", `{ webhook: { url: "https://[ops" } }`, [
    "hosting.yaml:20:27  notify.webhook.url  this URL can't be read; expected for example env:ETAGE_WEBHOOK  [notify-address]",
  ]],
  ["a secret in the file is not repeated", `{ webhook: { url: "https://ops.example.com", secret: whsec_aGlkZGVu } }`, [
    "hosting.yaml:20:62  notify.webhook.secret  expected `env:NAME` for the variable that holds it, found a secret (it is exposed now: make a new one)  [wrong-value]",
  ]],
  ["mail's password in the file", `{ mail: { to: [ops@example.com], from: etage@example.com, server: "smtps://etage:hidden@mail.example.com" } }`, [
    "hosting.yaml:20:75  notify.mail.server  the address holds a password, which stands here for all to read; change the password, and keep the address in a variable: env:ETAGE_SMTP  [notify-address]",
  ]],
  ["mail over http", `{ mail: { to: [ops@example.com], from: etage@example.com, server: "https://mail.example.com" } }`, [
    `hosting.yaml:20:75  notify.mail.server  expected an smtp:// or smtps:// URL, or \`env:NAME\` for the variable that holds it, found "https://mail.example.com"  [wrong-value]`,
  ]],
  ["mail to nobody, from no address", `{ mail: { to: [], from: etage, server: "env:SMTP" } }`, [
    "hosting.yaml:20:23  notify.mail.to  expected at least 1 entry, found an empty list  [wrong-value]",
    `hosting.yaml:20:33  notify.mail.from  expected an e-mail address, found "etage"  [wrong-value]`,
  ]],
  ["a word that is told of nothing", `{ on: [failures] }`, [
    `hosting.yaml:20:16  notify.on[0]  expected one of start, failure, end, found "failures"; did you mean \`failure\`?  [wrong-value]`,
  ]],
])("%s", (_what, notify, faults, warnings = []) => {
  const change = ["h", `notify: ${notify}\n`] as const;
  expect(faultLines(change)).toEqual(faults);
  expect(warningLines(change)).toEqual(warnings);
});
