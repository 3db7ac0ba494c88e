/** What people, programs and the chat are told. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Summary } from "../../../deploy/report/event.ts";
import { machineReport } from "../../../deploy/report/machines.ts";
import { peopleReport } from "../../../deploy/report/people.ts";
import { age, bytes, seconds } from "../../../deploy/report/units.ts";
import { tell, webhookText, webhookUrl } from "../../../deploy/report/webhook.ts";
import { explain } from "../../../deploy/stack/pulumi.ts";

const failed: Summary["hosts"][number] = { host: "shared", outcome: "failed", from: "v1", to: "v2", seconds: 9,
  failure: { step: "gate-inside", reason: "shared: /health/ready answered 500: password=hidden\nits last log lines:\n  boom", undone: "v1 kept serving; v2 removed" } };
const summary: Summary = { operation: "op", verb: "update-all", release: "v2", ok: false, seconds: 15.2, next: "fix", rings: [], skipped: [], waiting: [], onFailure: "halt", failures: 1, mostFailures: 0, census: null, stopped: false, hosts: [
  { host: "helmex", outcome: "updated", from: "v1", to: "v2", seconds: 6.2 }, failed, { host: "orion", outcome: "not-reached", from: "v1", to: "v2", seconds: 0 },
] };

it("people without a terminal get a line for each step", () => {
  let text = "";
  const stream = new Writable({ write(chunk, _encoding, done) { text += chunk; done(); } }) as NodeJS.WriteStream;
  const { event } = peopleReport(stream, false);
  event({ type: "host-started", host: "shared", action: "update", from: "v1", to: "v2" });
  event({ type: "step-ended", host: "shared", step: "lock", outcome: "ok", seconds: 0.1, detail: null });
  event({ type: "step-ended", host: "shared", step: "pull", outcome: "ok", seconds: 2.14, detail: null });
  event({ type: "step-ended", host: "shared", step: "gate-inside", outcome: "failed", seconds: 5, detail: "x" });
  event({ type: "host-ended", result: failed });
  event({ type: "operation-ended", summary });
  expect(text).toBe([
    "shared   ✓ lock", "shared   ✓ pull 2.1 s", "shared   ✗ inside: /health/ready answered 500: password=hidden", "             its last log lines:", "               boom",
    "         ↩ v1 kept serving; v2 removed", "           log: deploy logs shared --release v2", "Halted: 1 updated, 1 failed, 1 not reached (orion). 15 s", "Next: fix", "",
  ].join("\n"));
});

it("programs get one JSON value a line and no words", () => {
  const lines: string[] = [];
  const report = machineReport((line) => lines.push(line));
  report.text("words");
  report.event({ type: "note", host: null, message: "m" });
  report.data({ hosts: [] });
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ at: expect.any(String), type: "note", host: null, message: "m" }, { hosts: [] }]);
});

describe("the chat", () => {
  it("hears who, what and what was done about it, and no log line", () => {
    expect(webhookText(summary, "ada")).toBe(":rotating_light: *update-all v2* by ada halted after 15 s\nupdated: helmex\nfailed: shared in gate-inside; v1 kept serving; v2 removed\nnot reached: orion");
  });
  it("is asked again when it stumbles, and an update does not fail for it", async () => {
    const heard: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      heard.push(body);
      response.writeHead(heard.length < 2 ? 500 : 200).end();
    });
    await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
    expect(await tell(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, "hello")).toBeNull();
    expect(heard).toEqual(['{"text":"hello"}', '{"text":"hello"}']);
    server.close();
    expect(await tell("http://127.0.0.1:1/", "hello")).toMatch(/ECONNREFUSED|bad port/);
  }, 20_000);
  it.each([[undefined, {}, undefined], ["https://x/y", {}, "https://x/y"], ["env:HOOK", {}, undefined], ["env:HOOK", { HOOK: "https://x/y" }, "https://x/y"]])("has its address from %s", (setting, environment, url) => {
    expect(webhookUrl(setting, environment)).toBe(url);
  });
  it("names the variable that holds no address, not its value", () => {
    expect(() => webhookUrl("env:HOOK", { HOOK: "hidden" })).toThrow("notify.webhook: HOOK does not hold a URL");
  });
});

it.each([
  [{ code: "ENOENT" }, "", "pulumi is not on the PATH"],
  [{}, "error: no stack named 'orion' found", "there is no stack orion yet"],
  [{}, "error: failed to decrypt: incorrect passphrase", "the passphrase does not open the secrets of stack orion"],
  [{}, "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE", "the passphrase of Pulumi's secrets is not set"],
  [{}, "error: PULUMI_ACCESS_TOKEN must be set for login", "Pulumi has no backend to read stacks from"],
  [{}, "error: something new", "pulumi could not read stack orion\n  error: something new"],
])("pulumi's fault %j %s is explained", (properties, stderr, message) => {
  expect(explain("orion", Object.assign(new Error("x"), properties), stderr).message.startsWith(message)).toBe(true);
});

it.each([[seconds(0.44), "0.4 s"], [seconds(42.4), "42 s"], [seconds(185), "3 min 5 s"], [age(75), "75 s"], [age(3 * 3600), "3 h"], [age(9 * 86_400), "9 d"], [bytes(20_480), "21 kB"], [bytes(3.4e9), "3.4 GB"]])("%s", (given, expected) => {
  expect(given).toBe(expected);
});
