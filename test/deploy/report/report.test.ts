/** What people, programs and the chat are told. */
import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { machineReport } from "../../../deploy/report/machines.ts";
import { peopleReport } from "../../../deploy/report/people.ts";
import { age, bytes, seconds } from "../../../deploy/report/units.ts";
import { explain } from "../../../deploy/stack/pulumi.ts";
import { failed, summaryOf } from "./summaries.ts";

it("people without a terminal get a line for each step", () => {
  let text = "";
  const stream = new Writable({ write(chunk, _encoding, done) { text += chunk; done(); } }) as NodeJS.WriteStream;
  const { event } = peopleReport(stream, false);
  event({ type: "host-started", host: "shared", action: "update", from: "v1", to: "v2" });
  event({ type: "step-ended", host: "shared", step: "lock", outcome: "ok", seconds: 0.1, detail: null });
  event({ type: "step-ended", host: "shared", step: "pull", outcome: "ok", seconds: 2.14, detail: null });
  event({ type: "step-ended", host: "shared", step: "gate-inside", outcome: "failed", seconds: 5, detail: "x" });
  event({ type: "host-ended", result: failed });
  event({ type: "operation-ended", summary: summaryOf() });
  expect(text).toBe([
    "shared   ✓ lock", "shared   ✓ pull 2.1 s", "shared   ✗ inside: /health/ready answered 500: password=hidden", "shared       its last log lines:", "shared         boom",
    "shared   ↩ v1 kept serving; v2 removed", "shared     log: deploy logs shared --release v2", "Halted: update-all v2 on 3 hosts: 1 updated, 1 failed, 1 not reached. 15 s",
    "  failed   shared: inside: /health/ready answered 500: password=hidden; v1 kept serving; v2 removed", "  journal  deploy history show 20260501100000-abc123", "Next: fix", "",
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
