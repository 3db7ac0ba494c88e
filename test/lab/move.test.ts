/**
 * A customer's moves on a platform of their own, in one sitting: begun by `apply`, aborted, made, returned from, struck by a
 * dead host, finished. The runbooks are run as they are written; between them stands what must hold. The steps build on one
 * another, in this order.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDeploy } from "../../drills/site/running.ts";
import { machinesOf } from "../../drills/site/machines.ts";
import { type Clone, cloneWithLab } from "../support/clone.ts";
import { underLoad } from "../support/load.ts";
import { bringUp, build } from "../support/platform.ts";
import { commandsOf } from "../support/runbook.ts";
import { amountOf, dumpsOn, othersThan, tracesOf } from "./move/data.ts";
import { type Door, doorTo } from "./move/hosts.ts";
import { type Watched, watch } from "./move/strangers.ts";

const domain = "epica.com.tr";
let clone: Clone;
let shared: Door;
let acme: Watched;
let view: string;
/** Of the other customers, on the shared host. */
let others: string[];

beforeAll(async () => {
  clone = await cloneWithLab(domain);
  // Shared customers only, so that one host is made instead of three.
  clone.edit("customers.yaml", (text) => text.replace(/ {2}- slug: helmex[\s\S]*?(?= {2}# --- Shared)/, ""));
  clone.edit("hosting.yaml", (text) => text.replace(/ +- hosts: \[helmex\].*\n/, ""));
  await bringUp(clone, ["shared"]);
  await build(clone, "v1");
  await clone.must(["bin/deploy", "update", "shared", "v1"]);
  shared = await doorOf("shared", "ceviz");
  acme = await watch(clone, domain, ["acme", "ceviz"], shared.ask);
  view = await acme.viewAt(shared.ask);
  others = await othersThan(clone, "shared", "acme");
});
afterAll(async () => {
  shared?.close();
  await clone.remove();
});

interface Status { hosts: { name: string; address: string; customers: string[]; health: { ok: boolean } }[] }
const status = async (): Promise<Status> => JSON.parse((await clone.run(["bin/deploy", "status", "--json"])).stdout);
const addressOf = async (host: string): Promise<string> => (await status()).hosts.find(({ name }) => name === host)!.address;
const doorOf = async (host: string, customer: string): Promise<Door> => doorTo(clone, await addressOf(host), `${customer}.${domain}`);
const deploy = (...words: string[]) => clone.run(["bin/deploy", ...words]);
const said = async (...words: string[]): Promise<string> => {
  const { stdout, stderr } = await deploy(...words);
  return stdout + stderr;
};

/** `before`: what else a person does at that point. The end of a move is watched for as long as a person likes. */
async function runbook(name: string, before: (command: string) => Promise<void> = async () => {}): Promise<void> {
  for (const command of commandsOf(join(import.meta.dirname, "../../runbooks", name))) {
    await before(command);
    await clone.must(["bash", "-euc", /move (run )?acme|move back/.test(command) ? `${command} --watch 2` : command]);
  }
}

/** Where the customer is served nobody else finds anything, and it finds all that it had. `worked`: and what it has made meanwhile. */
async function keptApart({ own, worked = false }: { own: boolean; worked?: boolean }): Promise<void> {
  const dedicated = own ? await doorOf("acme", "acme") : undefined;
  try {
    if (worked) view = await acme.viewAt((dedicated ?? shared).ask);
    for (const [door, neighbours] of [[shared, true], ...(dedicated ? [[dedicated, false] as const] : [])] as const) {
      const { tried, faults } = await acme.faultsAt(door.ask, neighbours);
      expect(faults).toEqual([]);
      expect(tried).toBeGreaterThan(180);
      expect(await acme.viewAt(door.ask)).toBe(view);
    }
  } finally {
    dedicated?.close();
  }
}

it("apply tells hosts of new, suspended and other customers, begins a move, and says what is left when it is stopped", async () => {
  await clone.must(["bin/deploy", "customer", "add", "kaya", "--name", "Kaya", "--email", "it@kaya.com", "--tier", "shared", "--yes"]);
  await clone.must(["bin/deploy", "customer", "suspend", "baykal", "--yes"]);
  await clone.must(["bin/deploy", "customer", "set", "acme", "--tier", "dedicated", "--yes"]);
  expect(await deploy("apply")).toMatchObject({ code: 3, stderr: expect.stringContaining("--yes") });
  const plan = await said("apply", "--dry-run");
  expect(plan).toMatch(/shared: customers \(new: kaya\); stays on v1\n {2}acme: moves from shared to acme/);
  expect((await shared.ask(`kaya.${domain}`, "/version")).json.tenant).toBeNull();

  const run = startDeploy(clone, ["apply", "--yes", "--watch", "2"], (event) => {
    if (event.type === "move-step-started" && event.step === "rehearse") run.signal("SIGINT");
  });
  const { code, stdout } = await run.ended;
  expect(code).toBe(1);
  const applied = stdout.split("\n").map((line) => line.startsWith("{") ? JSON.parse(line) as { applied?: object } : {}).find((value) => value.applied);
  expect(applied).toEqual({ applied: { ok: false, done: ["tell shared"], left: ["move acme", "tell shared", "tell acme"] } });
  expect((await shared.ask(`kaya.${domain}`, "/version")).json.tenant).toBe("kaya");
  expect((await shared.ask(`baykal.${domain}`, "/")).status).toBe(403);
  expect(await amountOf(clone, "acme", "acme")).toEqual(await amountOf(clone, "shared", "acme"));
}, 600_000);

it("ends a move before its cutover by the runbook, and apply leaves alone whom a person stopped", async () => {
  await runbook("move-abort.md");
  expect(await tracesOf(clone, "shared")).toEqual([]);
  expect(await tracesOf(clone, "acme")).toEqual([]);
  expect(await amountOf(clone, "acme", "acme")).toEqual({ rows: 0, files: 0 });
  expect(await acme.viewAt(shared.ask)).toBe(view);
  await keptApart({ own: false });
  // There is no terminal here to print kaya's on.
  expect((await deploy("apply", "--yes")).stdout).toContain("No credentials for kaya yet");
  await clone.must(["bin/deploy", "customer", "credentials", "kaya", "--print", "--json"]);
  const again = await deploy("apply", "--yes");
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toMatch(/nothing to do here[\s\S]*left alone: acme: its move was aborted/);
}, 600_000);

it("moves a customer by the runbook without a failed request, and its streams come again at the new host", async () => {
  const seen = await underLoad(clone, () => runbook("move.md"), ["short", "streams"]);
  expect(seen.failures).toEqual([]);
  await keptApart({ own: true, worked: true });
  expect(await deploy("apply", "--yes")).toMatchObject({ code: 0 });
  expect(await said("apply", "--yes")).toMatch(/nothing to do here\nHosts are as customers.yaml says\.$/m);
}, 600_000);

it("goes back by the runbook without a failed request, and apply does not send it away again", async () => {
  const seen = await underLoad(clone, () => runbook("move-back.md"));
  expect(seen.failures).toEqual([]);
  await keptApart({ own: false });
  expect(await said("apply", "--yes")).toMatch(/left alone: acme: it was brought back to shared/);
}, 600_000);

it("goes on by the runbook after its host died in a move", async () => {
  const run = startDeploy(clone, ["move", "run", "acme", "--watch", "2"], (event) => {
    if (event.type === "move-step-started" && event.step === "files") void machinesOf(clone).then((machines) => machines.fault("acme", "kill"));
  });
  expect((await run.ended).code).toBe(1);
  expect((await shared.ask(`acme.${domain}`, "/version")).json.tenant).toBe("acme");
  await runbook("host-dead-in-move.md", async (command) => {
    if (command.startsWith("timeout")) await (await machinesOf(clone)).fault("acme", "start"); // the console's button
  });
  await keptApart({ own: true });
}, 600_000);

it("finishes a move: names what goes, takes a dump, removes it, and touches nobody else", async () => {
  // Tokens of traffic and kaya's own rows are new since the beginning.
  others = await othersThan(clone, "shared", "acme");
  const left = await amountOf(clone, "shared", "acme");
  expect(left.rows).toBeGreaterThan(5);
  expect(left.files).toBeGreaterThan(0);
  const dumps = await dumpsOn(clone, "shared");
  expect(await deploy("move", "finish", "acme", "--confirm", "acmee")).toMatchObject({ code: 3, stdout: expect.stringMatching(new RegExp(`${left.files} files? .*of acme on shared`)) });
  expect(await amountOf(clone, "shared", "acme")).toEqual(left);

  await clone.must(["bin/deploy", "move", "finish", "acme", "--confirm", "acme"]);
  expect((await dumpsOn(clone, "shared")).filter((dump) => !dumps.includes(dump))).toHaveLength(1);
  expect(await amountOf(clone, "shared", "acme")).toEqual({ rows: 0, files: 0 });
  expect(await othersThan(clone, "shared", "acme")).toEqual(others);
  expect(await tracesOf(clone, "shared")).toEqual([]);
  expect(await tracesOf(clone, "acme")).toEqual([]);
  expect((await shared.ask(`acme.${domain}`, "/version")).json.tenant).toBeNull();
  const own = await doorOf("acme", "acme");
  try {
    expect(await acme.viewAt(own.ask)).toBe(view);
    expect((await acme.faultsAt(own.ask, false)).faults).toEqual([]);
  } finally {
    own.close();
  }
  expect(await said("apply", "--yes")).toMatch(/Hosts are as customers.yaml says\.$/m);
  expect((await status()).hosts.map(({ name, health }) => [name, health.ok])).toEqual([["shared", true], ["acme", true]]);
}, 600_000);

it("refuses to make a customer a second time where its data is not, and brings it down with all that it has", async () => {
  let before = "";
  clone.edit("customers.yaml", (text) => (before = text).replace(/(slug: acme,[^}]*tier: )dedicated([^}]*?), phase: live/, "$1shared$2"));
  const { code, stdout } = await deploy("apply", "--yes");
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ acme: customers.yaml has it on shared, and it has a host of its own/);
  expect((await shared.ask(`acme.${domain}`, "/version")).json.tenant).toBeNull();
  clone.edit("customers.yaml", () => before);
  const seen = await underLoad(clone, () => runbook("move-back.md"));
  expect(seen.failures).toEqual([]);
  await keptApart({ own: false });
}, 600_000);
