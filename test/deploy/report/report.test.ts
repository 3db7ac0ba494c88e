/** What programs are told, and in which units. */
import { expect, it } from "vitest";
import { machineReport } from "../../../deploy/report/machines.ts";
import { age, bytes, clock, hostsNamed, seconds } from "../../../deploy/report/units.ts";
import { explain } from "../../../deploy/stack/pulumi.ts";

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

it.each([[seconds(0.44), "0.4 s"], [seconds(42.4), "42 s"], [seconds(9.96), "10 s"], [seconds(185), "3 min 5 s"], [seconds(239.7), "4 min 0 s"], [clock(0.9), "0 s"], [clock(7261), "2 h 1 min"], [hostsNamed([]), ""], [age(75), "75 s"], [age(3 * 3600), "3 h"], [age(9 * 86_400), "9 d"], [bytes(20_480), "21 kB"], [bytes(3.4e9), "3.4 GB"]])("%s", (given, expected) => {
  expect(given).toBe(expected);
});

it("very many hosts are counted", () => {
  expect(hostsNamed(Array.from({ length: 12 }, (_, index) => `h${index}`))).toBe("h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11");
  expect(hostsNamed(Array.from({ length: 100 }, (_, index) => `h${index}`))).toBe("h0, h1, h2, h3, h4, h5, h6, h7, h8, h9 and 90 more");
});
