/** One cell: a verb about a customer that is struck at one step, mended, ended by what a person would type, and looked at from all sides. */
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Event } from "../../../deploy/report/event.ts";
import { inspect } from "../../site/inspect.ts";
import { openEnds } from "../../site/journal.ts";
import { startDeploy } from "../../site/running.ts";
import type { MatrixOptions } from "../matrix.ts";
import { machinesOf } from "../../site/machines.ts";
import { recovered } from "../restore.ts";
import { whileStill, within } from "../strike.ts";
import type { TableCell } from "../table.ts";
import { buryTheDead, deliveriesTo, leftOf, type LifeArena, raiseOwn, statusInFile } from "./arena.ts";
import { type Column, nextOf, wordsOf } from "./columns.ts";
import { faultsOf, type Paper, type Seen } from "./judge.ts";
import { furnish, type Had, lookAtCustomer, othersOf, scratchesOn, spoil } from "./look.ts";
import type { Row } from "./rows.ts";

export interface LifeCell extends TableCell { seen: Seen }

/** Longer than any sound run takes; a host that is away is waited for. */
const MOST_SECONDS = 200;

export async function playLifeCell(arena: LifeArena, row: Row, column: Column, slug: string, { patient }: Pick<MatrixOptions, "patient">): Promise<LifeCell> {
  const began = performance.now();
  const { site } = arena;
  const place = await prepared(arena, column, slug);
  const { host } = place;
  const look = async (): Promise<Had> => (await isThere(place)) ? lookAtCustomer(place.machines, host, slug) : { status: null, rows: {}, files: 0, sum: "" };
  const around = () => othersOf(arena.machines, arena.host, slug);
  const before = await look();
  const at = column.verb === "restore" ? await timeBefore(() => spoil(place.machines, host, slug)) : undefined;
  const others = await around();
  const run = await struckRun(place, row, column, wordsOf(column.verb, slug, at));
  if (await isThere(place)) await recovered(place, host);
  if (!patient) await buryTheDead(place);
  const status = statusInFile(arena, slug);
  const next = nextOf(column.verb, slug, { known: status !== null, status: status ?? "", ...(at ? { at } : {}) });
  const ended = await startDeploy(site, next).ended;
  const seen: Seen = {
    missed: run.missed, codes: [run.code, ended.code], complaint: complaintOf(ended), next: next.join(" "), before, after: await look(),
    others: [others, await around()], file: statusInFile(arena, slug), deliveries: deliveriesTo(arena, slug), papers: papersOf(site.directory, slug),
    leftovers: [...(await inspect(arena.machines, arena.host)).leftovers, ...await scratchesOn(arena.machines, arena.host), ...(host === slug ? await leftOf(arena, host) : [])], openEnds: await openEnds(site, 5),
  };
  const wrong = faultsOf(column.verb, row.hits, seen);
  return { row: row.name, step: column.name, ok: wrong.length === 0, wrong, seconds: (performance.now() - began) / 1000, seen };
}

/** A time with a second of quiet around it, after which something happened. ISO. */
async function timeBefore(happens: () => Promise<unknown>): Promise<string> {
  await sleep(1000);
  const at = new Date().toISOString();
  await sleep(1000);
  await happens();
  return at;
}

/** The host of the cell's customer: the shared one with everybody, or its own. */
async function prepared(arena: LifeArena, { verb }: Column, slug: string): Promise<LifeArena> {
  if (verb === "add") return arena;
  const place = verb === "retire" ? await raiseOwn(arena, slug) : arena;
  if (verb !== "retire") await arena.site.must(["bin/deploy", ...wordsOf("add", slug)]);
  await furnish(place.machines, place.host, slug);
  // Only in the file: that its app is told belongs to the erasure.
  if (verb === "erase" || verb === "retire") await arena.site.must(["bin/deploy", "customer", "remove", slug, "--yes", "--confirm", slug]);
  return place;
}

const isThere = async ({ site, host }: LifeArena): Promise<boolean> => (await machinesOf(site)).has(host);

/** From the first line to the end of the run that is struck, everything mended. */
async function struckRun(place: LifeArena, row: Row, { name, step }: Column, words: string[]): Promise<{ code: number | null; missed: string | null }> {
  const { site, machines, host } = place;
  let missed: string | null = `step ${name} never began`;
  let striking: Promise<void> = Promise.resolve();
  const strike = async (): Promise<void> => {
    try {
      await (row.hits === "tool" ? row.strike({ machines, host, running }) : whileStill(running, () => row.strike({ machines, host, running })));
      missed = null;
    } catch (error) {
      missed = `the strike at ${name} failed: ${(error as Error).message}`;
    }
  };
  let told = false;
  const hear = (event: Event): void => {
    if (told || (event.type !== "step-started" && event.type !== "customer-step-started" && event.type !== "restore-step-started") || event.step !== step) return;
    told = true;
    striking = strike();
  };
  const running = startDeploy(site, words, hear);
  const ended = await within(running.ended, MOST_SECONDS);
  if (!ended) {
    running.signal("SIGKILL");
    await running.ended;
  }
  await striking;
  if (await isThere(place)) await row.heal({ machines, host });
  return { code: ended?.code ?? null, missed };
}

const complaintOf = ({ stdout, stderr }: { stdout: string; stderr: string }): string => {
  const failure = stdout.split("\n").filter((line) => line.includes('"failure":{')).at(-1) ?? "";
  return `${stderr.trim()} ${failure}`.trim().slice(0, 1500);
};

function papersOf(directory: string, slug: string): Paper[] {
  return globSync(join(directory, ".etage", "certificates", `${slug}-*.json`)).map((path) => {
    const { sha256, ...rest } = JSON.parse(readFileSync(path, "utf8")) as { sha256: string; stack: string | null; erased: { rows: Record<string, number>; files: { count: number } } };
    return { rows: rest.erased.rows, files: rest.erased.files.count, stack: rest.stack, sound: createHash("sha256").update(JSON.stringify(rest)).digest("hex") === sha256 };
  });
}
