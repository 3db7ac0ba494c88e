/**
 * One customer back to a time and a host from nothing, on a platform of their own that backs up to an object store. The
 * runbooks are run as they are written; between them stands what must hold. The steps build on one another, in this order.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { destroyHost } from "../../drills/restore/destroy.ts";
import { raiseBackedUp, sharedOnly } from "../../drills/restore/raise.ts";
import { ageLock } from "../../drills/site/inspect.ts";
import { ageOperations } from "../../drills/site/journal.ts";
import { machinesOf } from "../../drills/site/machines.ts";
import { startDeploy } from "../../drills/site/running.ts";
import { organisationId } from "../../app/tenants/identity.ts";
import { type Clone, cloneWithLab } from "../support/clone.ts";
import { underLoad } from "../support/load.ts";
import { commandsOf } from "../support/runbook.ts";
import { amountOf, othersThan } from "./move/data.ts";
import { inside } from "./move/hosts.ts";

const domain = "epica.com.tr";
let clone: Clone;

beforeAll(async () => {
  clone = await cloneWithLab(domain);
  sharedOnly(clone);
  await raiseBackedUp(clone, () => sql(`insert into orders (organisation_id, reference) select id, slug || '-' || n from organisations, generate_series(1, 50) n;
    insert into tickets (organisation_id, subject) select id, 'ticket ' || n from organisations, generate_series(1, 20) n;`));
}, 900_000);
afterAll(() => clone?.remove());

const sql = async (text: string): Promise<string> => (await inside(clone, "shared", `docker exec -i postgres psql -U app -d app -XAtq -v ON_ERROR_STOP=1 <<'SQL'\n${text}\nSQL\n`)).trim();
const deploy = (...words: string[]) => clone.run(["bin/deploy", ...words]);
const acme = organisationId("acme");
const ordersOf = (): Promise<string> => sql(`select count(*), coalesce(md5(string_agg(reference || status, ',' order by id)), '') from orders where organisation_id = ${acme}`);

/** What is left of scratches. */
const LEFT = "docker ps --all --format '{{.Names}}' | grep scratch || true; ls /var/lib/etage/restore /mnt/*/restore /etc/etage/restore 2>/dev/null | grep acme || true";

/** Kills a run when the step begins; nobody has to sit through the expiry of the dead one's locks. */
async function killedAt(step: string, words: readonly string[]): Promise<void> {
  const run = startDeploy(clone, words, (event) => {
    if (event.type === "restore-step-started" && event.step === step) run.signal("SIGKILL");
  });
  expect((await run.ended).code).toBe(137);
  await ageLock(await machinesOf(clone), "shared", 90);
  await ageOperations(clone, 90);
}

async function runbook(name: string, before: (command: string) => Promise<void> = async () => {}): Promise<void> {
  for (const command of commandsOf(join(import.meta.dirname, "../../runbooks", name))) {
    await before(command);
    await clone.must(["bash", "-euc", command]);
  }
}

it("takes one customer back to a minute ago by the runbook, while the others go on and nothing of theirs is touched", async () => {
  const before = await ordersOf();
  // The time that is gone back to must be after the end of the first backup.
  await sleep(35_000);
  const spoilt = Date.now();
  await sql(`delete from orders where organisation_id = ${acme} and id in (select id from orders where organisation_id = ${acme} order by id limit 30); update orders set status = 'cancelled' where organisation_id = ${acme};
    insert into orders (organisation_id, reference) values (${acme}, 'after');`);
  const others = await othersThan(clone, "shared", "acme");
  // The runbook says a minute: that has to be before it was spoilt and after the backup, also where a command takes half a minute to begin.
  await sleep(Math.max(0, spoilt + 28_000 - Date.now()));
  const seen = await underLoad(clone, () => runbook("restore-customer.md", async (command) => {
    if (!command.includes("--in-place")) return;
    expect((await ordersOf()).startsWith("21|")).toBe(true);
    expect(await inside(clone, "shared", "docker exec scratch-acme psql -U app -d app -XAtqc 'select count(*) from orders where organisation_id = " + acme + "'")).toBe("50\n");
  }));
  expect(await ordersOf()).toBe(before);
  expect(await othersThan(clone, "shared", "acme")).toEqual(others);
  expect(seen.failures.filter((line) => !/ × acme /.test(line))).toEqual([]);
  expect(await inside(clone, "shared", LEFT)).toBe("");
}, 600_000);

it("killed while it replaces, the same again comes to the same end", async () => {
  const before = await ordersOf();
  await sleep(2000);
  const to = new Date().toISOString();
  await sleep(1500);
  await sql(`delete from orders where organisation_id = ${acme} and id in (select id from orders where organisation_id = ${acme} limit 5)`);
  const others = await othersThan(clone, "shared", "acme");
  const words = ["restore", "customer", "acme", "--to", to, "--in-place", "--yes"];
  await killedAt("import", words);
  expect(await deploy(...words)).toMatchObject({ code: 0 });
  expect(await ordersOf()).toBe(before);
  expect(await othersThan(clone, "shared", "acme")).toEqual(others);
  expect(await sql("select status from organisations where slug = 'acme'")).toBe("active");
}, 600_000);

it("drop ends a restore that was killed, and a second one says that there is none", async () => {
  await killedAt("schema", ["restore", "customer", "acme", "--to", "5 s"]);
  await clone.must(["bin/deploy", "restore", "drop", "acme", "--yes"]);
  expect(await deploy("restore", "drop", "acme", "--yes")).toMatchObject({ code: 3 });
  expect(await inside(clone, "shared", LEFT)).toBe("");
}, 600_000);

it("brings a customer to a file, and from the file to another customer", async () => {
  await clone.must(["bin/deploy", "customer", "export", "acme", "--out", "acme.tar"]);
  expect(await deploy("customer", "import", "acme.tar", "--as", "ceviz")).toMatchObject({ code: 1, stdout: expect.stringContaining("has data already") });
  await clone.must(["bin/deploy", "customer", "add", "kaya", "--name", "Kaya", "--email", "it@kaya.com", "--tier", "shared", "--yes"]);
  await clone.must(["bin/deploy", "update", "shared"]);
  await clone.must(["bin/deploy", "customer", "import", "acme.tar", "--as", "kaya"]);
  expect(await amountOf(clone, "shared", "kaya")).toEqual(await amountOf(clone, "shared", "acme"));
}, 300_000);

it("rebuilds a host by the runbook whose machine and disk are gone: every row of everybody, and the names answer", async () => {
  expect(await deploy("restore", "host", "shared", "--yes")).toMatchObject({ code: 3 });
  await clone.must(["bin/deploy", "backup", "run", "shared", "--kind", "files"]);
  await sql(`insert into tickets (organisation_id, subject) values (${acme}, 'the last one')`);
  const all = await othersThan(clone, "shared", "nobody");
  await sleep(3000);
  await destroyHost(clone, "shared");
  await runbook("rebuild-a-host.md");
  expect(await othersThan(clone, "shared", "nobody")).toEqual(all);
}, 900_000);
