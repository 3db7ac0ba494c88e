/** The watchdog of late requests, as the shell runs it: when it lets them go, and to where. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { armLate, disarmLate, WATCH } from "../../../deploy/host/late.ts";
import { readable } from "../../../deploy/remote/shell.ts";

let folder: string;
let ended: Promise<void> | undefined;
const at = (name: string): string => join(folder, name);
/** What the other host says, as its phase and its verdict lie there. */
const says = (phase: string, verdict?: object): void => writeFileSync(at("said"), `${phase}\n${verdict ? JSON.stringify(verdict, null, 1).replace(/\n\s*/g, " ") : ""}`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "etage-late-"));
  mkdirSync(at("late"));
  writeFileSync(at("late/attempt"), "try-2\n");
  for (const way of ["moved", "returned"]) writeFileSync(at(`late/${way}`), `echo ${way} >>${at("outcome")}\n`);
  writeFileSync(at("late/ask"), ["cat", at("said")].map((word) => `${word}\0`).join(""));
});
afterEach(async () => {
  rmSync(at("late"), { recursive: true, force: true });
  await ended;
  rmSync(folder, { recursive: true });
});

const watch = (): Promise<void> => ended = new Promise((done) => { execFile("sh", ["-c", WATCH, "watch", folder, "0.1"], () => done()); });
const outcome = (): string | null => existsSync(at("outcome")) ? readFileSync(at("outcome"), "utf8").trim() : null;

it.each<[what: string, phase: string, verdict: object | undefined, way: string]>([
  ["the hold brought the customer here", "resting", { verdict: "moved", attempt: "try-2" }, "moved"],
  ["it was given up", "resting", { verdict: "returned", attempt: "try-2", reason: "too slow" }, "returned"],
  ["another one brought the customer here, before", "resting", { verdict: "moved", attempt: "try-1" }, "returned"],
  ["there was none", "", undefined, "returned"],
])("lets them go when %s", async (_what, phase, verdict, way) => {
  says(phase, verdict);
  await watch();
  expect(outcome()).toBe(way);
  expect(existsSync(at("late"))).toBe(false);
});

it("waits for a hold that goes on, and for a host that does not answer", async () => {
  says("holding 17 1763770000000");
  void watch();
  await sleep(900);
  rmSync(at("said"));
  await sleep(900);
  expect(outcome()).toBeNull();
  says("resting", { verdict: "moved", attempt: "try-2" });
  await ended;
  expect(outcome()).toBe("moved");
});

it("tries again when the proxy does not do it", async () => {
  writeFileSync(at("late/returned"), `echo tried >>${at("outcome")}; [ "$(grep -c . ${at("outcome")})" = 2 ]\n`);
  says("resting");
  await watch();
  expect(outcome()).toBe("tried\ntried");
});

it("lets nobody go when whoever held them has come back", async () => {
  says("resting", { verdict: "moved", attempt: "try-2" });
  rmSync(at("late"), { recursive: true });
  await watch();
  expect(outcome()).toBeNull();
});

it("is told and taken away as root", () => {
  const late = armLate({ slug: "acme", attempt: "01J", moved: "true", returned: "false", peer: { host: "shared", user: "deploy", address: "10.0.1.2" } });
  expect(readable(late)).toMatch(/^sudo -n '<arm-late>' \/var\/lib\/etage\/move\/acme etage-late-acme\.service 15 .* 01J true false ssh .* deploy 10\.0\.1\.2 outcome$/s);
  expect(readable(disarmLate("acme"))).toBe("sudo -n '<disarm-late>' /var/lib/etage/move/acme etage-late-acme.service");
});
