/** From the rehearsal to the moment in which the other host answers. `left`: the end that the customer leaves. */
import { UserError } from "../../errors.ts";
import { beginMove, enterRoom, startRoom } from "../../host/room.ts";
import { listRoutes, parseRoutes, type Route } from "../../host/proxy.ts";
import { mustRun } from "../../remote/runner.ts";
import { bytes, count } from "../../report/units.ts";
import { compareAll, describeDifference, snapshotLost, suspect } from "../data/compare.ts";
import { moveNames } from "../data/names.ts";
import { sql } from "../data/psql.ts";
import { noteChanges } from "../data/replicate.ts";
import { ident } from "../data/quote.ts";
import { appTarget, flipFor, hostnamesOf } from "../flip-input.ts";
import { compareAll as compareFiles, copyUntilCalm, type FileDifference, stillDiffering } from "../files.ts";
import type { FlipVerdict } from "../flip/input.ts";
import { dropSnapshots } from "../flip/program.ts";
import { databaseOf, type End, type Hands, hostOf, linkedOf, otherEnd } from "../hands.ts";
import type { Came, Session } from "../session.ts";
import { runFlip } from "./flip.ts";
import { holdStragglers } from "./stragglers.ts";
import { endStreams } from "./streams.ts";

export interface CutoverOptions { holdLimitMilliseconds: number; rateMegabytes: number }
type Tell = (text: string) => void;

/** Passes until one carries little. */
export async function bringFiles(hands: Hands, left: End, { rateMegabytes }: Pick<CutoverOptions, "rateMegabytes">, tell: Tell): Promise<string> {
  if (hands.folders.length === 0) return "none";
  const { passes } = await copyUntilCalm(await filesBetween(hands, left), {
    limitKilobytes: Math.round(rateMegabytes * 1000), told: (pass) => tell(`${count(pass.files, "file")}, ${bytes(pass.bytes)} in a pass`),
  });
  return `${count(passes.reduce((sum, { files }) => sum + files, 0), "file")}, ${bytes(passes.reduce((sum, pass) => sum + pass.bytes, 0))} in ${count(passes.length, "pass", "passes")}`;
}

async function filesBetween(hands: Hands, left: End): Promise<Parameters<typeof copyUntilCalm>[0]> {
  const [source, target] = await Promise.all([linkedOf(hands, left), linkedOf(hands, otherEnd(left))]);
  return { slug: hands.slug, folders: hands.folders, source, target };
}

export interface Rehearsed { rows: number; bytes: number; detail: string }

/** Everything compared under load, a route and a waiting room of the customer's own, and all that the hold will do, until it is calm. */
export async function rehearse(session: Session, hands: Hands, left: End, options: CutoverOptions, tell: Tell): Promise<Rehearsed> {
  const [old, next] = await Promise.all([databaseOf(hands, left), databaseOf(hands, otherEnd(left))]);
  await noteChanges(old, hands.slug);
  const { rows: amounts, differences } = await compareAll(old, next, hands.data, { onProgress: ({ table, rows: seen }) => { session.goOn(); tell(`comparing ${table}, ${seen.toLocaleString("en")} rows`); } });
  const rows = Object.values(amounts).reduce((sum, amount) => sum + amount, 0);
  await suspect(old, hands.slug, differences);
  const files = await equalFiles(hands, left, options, tell);
  session.goOn();
  tell("a waiting room");
  await ownRoute(hands, left);
  const verdict = await runFlip(session, old.runner.host, flipFor(hands, left, { attempt: `${session.operation.id}-rehearsal`, mode: "rehearse", ...options }), tell);
  if (verdict.verdict !== "rehearsed" || verdict.reason !== null) {
    const reason = "reason" in verdict ? verdict.reason : "it moved";
    const named = /differ/.test(String(reason)) ? differences.slice(0, 5).map((one) => `\n  ${describeDifference(one)}`).join("") : "";
    throw new UserError(`the rehearsal did not get calm: ${reason}${named}`, { hint: "nobody was held; run it again at a quieter hour, or with a larger --hold-limit" });
  }
  const { figures } = verdict;
  return { rows, bytes: files.bytes, detail: `${rows.toLocaleString("en")} rows and ${count(files.files, "file")} equal; ${figures ? `${count(figures.rounds, "round")}, a marker in ${figures.check.median} ms` : "calm"}` };
}

/** Files that change meanwhile differ for a moment, and always some do where people work: one that still does after a few passes is no such file. */
async function equalFiles(hands: Hands, left: End, options: CutoverOptions, tell: Tell): Promise<{ files: number; bytes: number }> {
  if (hands.folders.length === 0) return { files: 0, bytes: 0 };
  let open: readonly FileDifference[] | null = null;
  for (let attempt = 1; ; attempt += 1) {
    tell("comparing files");
    const compared = await compareFiles(await filesBetween(hands, left));
    open = stillDiffering(open, compared.differing);
    if (open.length === 0) return compared;
    if (attempt >= 4) throw new UserError(`files differ after ${attempt} passes: ${open.slice(0, 5).map(({ path, fault }) => `${path} is ${fault}`).join(", ")}`);
    await bringFiles(hands, left, options, tell);
  }
}

/** The customer gets a route of its own to where its names lead already, and a waiting room beside the proxy, paused. */
async function ownRoute(hands: Hands, left: End): Promise<void> {
  const runner = await hands.context.connect(hostOf(hands, left).host.name);
  await mustRun(runner, "starting the waiting room", startRoom());
  await mustRun(runner, "preparing the waiting room", enterRoom(hands.slug, await giveRoute(hands, left)));
}

/** A route of the customer's own to the app of that end, which its names lead to from then on. */
export async function giveRoute(hands: Hands, end: End): Promise<Route> {
  const { slug, context: { fleet: { platform } } } = hands;
  const runner = await hands.context.connect(hostOf(hands, end).host.name);
  const app = parseRoutes(await mustRun(runner, "reading routes", listRoutes()));
  const common = { healthPath: platform.app.health.ready, drainSeconds: platform.rollout.drainSeconds, forwardHeaders: platform.proxied };
  const route: Route = { target: appTarget(hands, end), hosts: hostnamesOf(hands), streams: platform.app.streams, ...common };
  await mustRun(runner, "giving the customer a route", beginMove(slug, route, { target: app?.target ?? route.target, hosts: app?.hosts ?? [], ...common }));
  return route;
}

/** The hold itself. @throws UserError when the customer is where it was. */
export async function cutOver(session: Session, hands: Hands, left: End, options: CutoverOptions, tell: Tell): Promise<Extract<FlipVerdict, { verdict: "moved" }>> {
  const host = hostOf(hands, left).host.name;
  const stragglers = await holdStragglers(hands, otherEnd(left), session.operation.id);
  let verdict: FlipVerdict | undefined;
  try {
    verdict = await runFlip(session, host, flipFor(hands, left, { attempt: session.operation.id, mode: "flip", ...options }), tell);
  } finally {
    // Without a verdict nobody here knows where they are at home; the watchdog goes on asking.
    if (verdict) await stragglers.release(verdict.verdict === "moved");
  }
  if (verdict.verdict !== "moved") {
    const held = verdict.verdict === "returned" ? `; requests waited ${Math.round(verdict.milliseconds)} ms and went on at ${host}` : "; nobody was held";
    throw new UserError(`the cutover was given up: ${verdict.reason ?? "it was only rehearsed"}${held}`, { hint: `deploy move run ${session.slug} tries again` });
  }
  await leave(hands, left);
  await endStreams(session, hands, left);
  return verdict;
}

/** The end that was left must not be opened by anybody who comes too late. */
export async function leave(hands: Pick<Hands, "slug" | "gathered" | "context">, left: End): Promise<void> {
  await sql(await databaseOf(hands, left), "noting that the customer left", `select ${ident(moveNames(hands.slug).schema)}.leave();\n`);
}

/** The same as a step, with what it came to. */
export async function compareAfter(session: Session, hands: Hands, left: End, verdict: Pick<Extract<FlipVerdict, { verdict: "moved" }>, "snapshots">, came: Came): Promise<void> {
  await session.log.step("compare", hostOf(hands, otherEnd(left)).host.name, async (tell) => {
    const rows = await compareAsOfCutover(session, hands, left, verdict, tell);
    if (rows === null) return "snapshots of the cutover are gone; what changed was compared in the hold";
    came.rows = rows;
    return `${rows.toLocaleString("en")} rows as of the cutover`;
  });
}

/** Everything on both sides as of the cutover. Resolves with null when its snapshots are gone: what changed was compared in the hold. */
async function compareAsOfCutover(session: Session, hands: Hands, left: End, { snapshots }: Pick<Extract<FlipVerdict, { verdict: "moved" }>, "snapshots">, tell: Tell): Promise<number | null> {
  if (!snapshots) return null;
  const [old, next] = await Promise.all([databaseOf(hands, left), databaseOf(hands, otherEnd(left))]);
  try {
    const { rows, differences } = await compareAll(old, next, hands.data, {
      snapshots: { source: snapshots.old, target: snapshots.next }, onProgress: ({ table, rows: seen }) => tell(`${table}, ${seen.toLocaleString("en")} rows`),
    });
    if (differences.length > 0) throw new UserError(`the hosts differ as of the cutover\n${differences.slice(0, 8).map((one) => `  ${describeDifference(one)}`).join("\n")}`, { hint: `deploy move back ${session.slug} returns to the old host, which has everything` });
    return Object.values(rows).reduce((sum, amount) => sum + amount, 0);
  } catch (error) {
    if (snapshotLost(error)) return null;
    throw error;
  } finally {
    await mustRun(await session.connect(old.runner.host), "closing the snapshots", dropSnapshots(session.slug));
  }
}
