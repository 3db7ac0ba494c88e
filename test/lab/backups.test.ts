/**
 * A host backs up to an object store, proves it, finds what is damaged before anybody needs it, and raises the alarm when it
 * can't. Every damage to everything stored: `npm run matrix -- backup`. The runbooks are run as they are written; the steps
 * build on one another, in this order.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { raisePlatform, standing } from "../../drills/backup/platform.ts";
import { prove, proveDamaged } from "../../drills/backup/prove.ts";
import type { Damage, Thing } from "../../drills/backup/store.ts";
import { machinesOf } from "../../drills/site/machines.ts";
import { type Clone, cloneWithLab } from "../support/clone.ts";
import { underLoad } from "../support/load.ts";
import { commandsOf } from "../support/runbook.ts";

const CHECK_SECONDS = 75;

let clone: Clone;
/** What the dead man's switch heard, oldest first. */
const beats: { at: number; path: string; text: string }[] = [];
let listener: Server;

beforeAll(async () => {
  clone = await cloneWithLab("epica.com.tr");
  // The lab's network as this machine is in it.
  const here = new URL(clone.environment.ETAGE_BACKUP_ENDPOINT!).hostname.replace(/\.\d+$/, ".1");
  listener = createServer(async (request, response) => {
    const text = (await Array.fromAsync(request)).join("");
    beats.push({ at: Date.now(), path: request.url ?? "", text });
    response.end();
  });
  await new Promise<void>((done) => void listener.listen(0, here, done));
  const heartbeat = `http://${here}:${(listener.address() as AddressInfo).port}/{host}`;
  await raisePlatform(clone, "v1", `heartbeat: "${heartbeat}"\nschedule: { checkMinutes: ${CHECK_SECONDS / 60} }`);
}, 900_000);
afterAll(async () => {
  listener?.close();
  await clone?.remove();
});

const deploy = (...words: string[]) => clone.run(["bin/deploy", ...words]);
async function runbook(name: string): Promise<void> {
  for (const command of commandsOf(join(import.meta.dirname, "../../runbooks", name))) await clone.must(["bash", "-euc", command]);
}

/** The first alarm after `act`, and how long it took, in seconds. */
async function alarmAfter(act: () => Promise<void>): Promise<{ seconds: number; text: string }> {
  // From a good word on: an alarm of before is none of this.
  const calm = Date.now();
  await expect.poll(() => beats.some(({ at, path }) => at > calm && path === "/shared"), { timeout: 3 * CHECK_SECONDS * 1000, interval: 250 }).toBe(true);
  const began = Date.now();
  await act();
  const heard = () => beats.find(({ at, path }) => at > began && path === "/shared/fail");
  await expect.poll(heard, { timeout: 3 * CHECK_SECONDS * 1000, interval: 250 }).toBeTruthy();
  return { seconds: (heard()!.at - began) / 1000, text: heard()!.text };
}

it("is set up by its first update, proves its backups by itself, and refuses nothing then", async () => {
  expect((await standing(clone)).wrong).toEqual([]);
  await clone.must(["bin/deploy", "release", "build", "v2"]);
  expect(await deploy("plan", "v2")).toMatchObject({ code: 0 });
  const move = await deploy("move", "plan", "acme", "--to", "dedicated");
  expect(move.stdout + move.stderr).not.toContain("proved");
}, 300_000);

it("proves while customers work that all of it can be restored", async () => {
  const seen = await underLoad(clone, async () => expect(await prove(clone, "shared")).toMatchObject({ code: 0, detail: expect.stringMatching(/rows as recorded; .*customers: /) }));
  expect(seen.failures).toEqual([]);
}, 300_000);

it.each<[Damage, Thing]>([["missing", "export"], ["truncated", "base-backup"]])("finds by proof what is %s: %s", async (how, thing) => {
  const { wrong } = await proveDamaged(clone, "shared", thing, how);
  expect(wrong).toEqual([]);
  expect(beats.at(-1)!.path).toBe("/shared/fail");
}, 300_000);

it("begins anew in another place by the runbook, and leaves the damaged one as it is", async () => {
  const { ETAGE_BACKUP_ENDPOINT: endpoint, ETAGE_BACKUP_ACCESS_KEY: key, ETAGE_BACKUP_SECRET_KEY: secret, NODE_EXTRA_CA_CERTS: authority } = clone.environment;
  const words = ["--silent", "--fail", "--cacert", authority!, "--aws-sigv4", "aws:amz:us-east-1:s3", "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "--request", "PUT"];
  await clone.must(["curl", ...words, "--user", `${key}:${secret}`, `${endpoint}/etage-anew`]);
  clone.edit("hosting.yaml", (text) => text.replace("bucket: env:ETAGE_BACKUP_BUCKET", "bucket: etage-anew"));
  await runbook("backup-proof-failed.md");
}, 300_000);

it.each([["break", /store: restic: /], ["fill", /store: restic: .*No space left/]] as const)("raises the alarm within one interval when the store is gone (%s), and is well again by the runbook", async (fault, says) => {
  const machines = await machinesOf(clone);
  const { seconds, text } = await alarmAfter(() => machines.storage(fault));
  console.log(`store ${fault}: alarm after ${seconds.toFixed(0)} s, looked at every ${CHECK_SECONDS} s`);
  expect(text).toMatch(says);
  // Nothing that customers do depends on it.
  const seen = await underLoad(clone, () => deploy("status"));
  expect(seen.failures).toEqual([]);
  await machines.storage("mend");
  await runbook("backup-store-away.md");
}, 400_000);

it("raises the alarm within one interval when its disk fills, and is well again by the runbook", async () => {
  const machines = await machinesOf(clone);
  const { seconds, text } = await alarmAfter(() => machines.fault("shared", "fill"));
  console.log(`disk full: alarm after ${seconds.toFixed(0)} s, looked at every ${CHECK_SECONDS} s`);
  expect(text).toMatch(/disk: /);
  await machines.fault("shared", "empty");
  await runbook("backup-disk-full.md");
}, 300_000);
