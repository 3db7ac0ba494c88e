/**
 * Customers come and go on a platform of their own, in one sitting: several at once, suspended, brought back, let go, erased.
 * The runbooks are run as they are written; between their steps stands what must hold. The steps build on one another, in
 * this order. Fifty at once: `npm run bench -- customers`; killed at each step: `npm run matrix -- life`.
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { furnish, type Had, lookAtCustomer, othersOf } from "../../drills/matrix/life/look.ts";
import { type Machines, machinesOf } from "../../drills/site/machines.ts";
import { readModel } from "../../model/read.ts";
import { type Clone, cloneWithLab } from "../support/clone.ts";
import { bringUp, build } from "../support/platform.ts";
import { commandsOf } from "../support/runbook.ts";
import { type Door, doorTo } from "./move/hosts.ts";

const domain = "epica.com.tr";
let clone: Clone;
let machines: Machines;
let shared: Door;

beforeAll(async () => {
  clone = await cloneWithLab(domain);
  clone.edit("customers.yaml", (text) => text.replace(/ {2}- slug: helmex[\s\S]*?(?= {2}# --- Shared)/, ""));
  clone.edit("hosting.yaml", (text) => `${text.replace(/ +- hosts: \[helmex\].*\n/, "").replace("  port: 3000\n", "  port: 3000\n  suspendedStatus: 402\n")}\ncredentials: { command: [sh, -c, 'cat >>.etage/deliveries'] }\n`);
  await bringUp(clone, ["shared"]);
  await build(clone, "v1");
  await clone.must(["bin/deploy", "update", "shared", "v1", "--yes"]);
  machines = await machinesOf(clone);
  const { hosts } = JSON.parse(await clone.must(["bin/deploy", "status", "--json"])) as { hosts: { address: string }[] };
  shared = await doorTo(clone, hosts[0]!.address, `ceviz.${domain}`);
  await furnish(machines, "shared", "ceviz");
}, 600_000);
afterAll(async () => {
  shared?.close();
  await clone.remove();
}, 600_000);

const deploy = (...words: string[]): Promise<string> => clone.must(["bin/deploy", ...words]);
const at = (slug: string, path = "/") => shared.ask(`${slug}.${domain}`, path);
const look = (slug: string): Promise<Had> => lookAtCustomer(machines, "shared", slug);
const deliveries = (): { slug: string; email: string; password: string }[] => readFileSync(join(clone.directory, ".etage/deliveries"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const many = Array.from({ length: 6 }, (_, index) => `many-${index}`);
/** Runs what a runbook says; `before` each command. */
async function follow(runbook: string, before: (command: string) => Promise<void> = async () => {}): Promise<void> {
  for (const command of commandsOf(join(import.meta.dirname, `../../runbooks/${runbook}.md`))) {
    await before(command);
    await clone.must(["bash", "-euc", command]);
  }
}

it("customers come by the runbook, in one go with those who were written into the file: no Pulumi, a password each, and the same again does nothing", async () => {
  clone.edit("customers.yaml", (text) => `${text.trimEnd()}\n${many.map((slug) => `  - { slug: ${slug}, name: ${slug}, tier: shared, email: it@${slug}.example }`).join("\n")}\n`);
  const before = await othersOf(machines, "shared", "many");
  await follow("customer-comes");
  expect(deliveries().map(({ slug }) => slug).sort()).toEqual(["findik", ...many]);
  for (const slug of ["findik", "many-0", "many-5"]) expect([(await at(slug)).status, (await look(slug)).rows.users]).toEqual([200, 1]);
  expect((await othersOf(machines, "shared", "many")).split("\n").filter((line) => line.startsWith("orders"))).toEqual(before.split("\n").filter((line) => line.startsWith("orders")));
  expect(await deploy("apply", "--yes")).toContain("Plan: nothing to do here");
  expect(deliveries()).toHaveLength(7);
}, 600_000);

it("the password lets in, and stands nowhere else", async () => {
  const { slug, email, password } = deliveries().find((one) => one.slug === "many-0")!;
  const said = await deploy("customer", "credentials", slug, "--print", "--json");
  const { credentials } = JSON.parse(said.split("\n").find((line) => line.includes('"credentials":{'))!) as { credentials: { password: string } };
  expect(credentials.password).not.toBe(password);
  const history = await deploy("history", "show", "last");
  for (const secret of [password, credentials.password]) expect(history + await machines.inside("shared", "cat /var/lib/etage/audit.log 2>/dev/null || true")).not.toContain(secret);
  const login = (given: string) => shared.ask(`${slug}.${domain}`, "/login", { json: { email, password: given } });
  expect([(await login(password)).status, (await login(credentials.password)).status < 400]).toEqual([401, true]);
}, 600_000);

it("suspended: a notice with the status that was configured; resumed: everything is as it was", async () => {
  const had = await look("ceviz");
  await follow("customer-suspended", async (command) => {
    if (!command.includes("show") && !command.includes("resume")) return;
    expect([(await at("ceviz")).status, (await look("ceviz")).sum, (await at("deniz")).status]).toEqual([402, had.sum, 200]);
  });
  expect([(await at("ceviz")).status, await look("ceviz")]).toEqual([200, { ...had, rows: expect.anything() }]);
}, 600_000);

it("usage shows what they use, against the file's limits", async () => {
  const { usage } = JSON.parse((await deploy("usage", "--json")).trim().split("\n").at(-1)!) as { usage: { customer: string; measures: { users: { limit: number | null } } }[] };
  expect(usage.find(({ customer }) => customer === "many-0")!.measures.users.limit).toBe(20);
}, 600_000);

it("who leaves is erased by the runbook: whole, with a certificate, and nobody else is touched", async () => {
  const [had, others] = [await look("ceviz"), await othersOf(machines, "shared", "ceviz")];
  await follow("customer-leaves", async (command) => {
    if (command.includes("erase ceviz")) expect((await clone.run(["bin/deploy", "erase", "ceviz", "--confirm", "ceviz"])).code).toBe(3);
  });
  expect(await look("ceviz")).toMatchObject({ status: null, rows: {}, files: 0 });
  expect(await othersOf(machines, "shared", "ceviz")).toBe(others);
  expect([(await at("ceviz")).status, readModel(clone.directory).fleet.customer("ceviz")]).toEqual([404, undefined]);
  const [path] = globSync(join(clone.directory, ".etage/certificates/ceviz-*.json"));
  const { sha256, ...paper } = JSON.parse(readFileSync(path!, "utf8")) as { sha256: string; erased: { rows: Record<string, number>; files: { count: number } }; archive: { file: string; sha256: string }; left: object };
  expect(createHash("sha256").update(JSON.stringify(paper)).digest("hex")).toBe(sha256);
  expect(paper.erased).toMatchObject({ rows: { "public.organisations": 1, "public.orders": had.rows.orders, "public.users": had.rows.users }, files: { count: had.files } });
  expect(paper.left).toEqual({ rows: 0, files: 0 });
  const archive = readFileSync(join(clone.directory, ".etage/exports", paper.archive.file));
  expect(createHash("sha256").update(archive).digest("hex")).toBe(paper.archive.sha256);
  expect(await deploy("apply", "--yes")).toContain("Plan: nothing to do here");
}, 600_000);

it("a day that has come is ended by the timer, with warnings before it", async () => {
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await deploy("customer", "remove", "many-1", "--yes", "--confirm", "many-1", "--erase-on", day(5));
  await deploy("customer", "remove", "many-2", "--yes", "--confirm", "many-2", "--erase-on", day(0));
  const said = await deploy("apply", "--yes", "--erase");
  expect(said).toContain(`many-1: its data is erased on ${day(5)}, in 5 days`);
  expect([(await look("many-1")).status, (await look("many-2")).status]).toEqual(["suspended", null]);
  expect(await deploy("apply", "--yes", "--erase")).not.toContain("many-1: its data");
  // Until its day it may come back.
  await deploy("customer", "resume", "many-1", "--yes", "--apply");
  expect((await at("many-1")).status).toBe(200);
}, 600_000);
