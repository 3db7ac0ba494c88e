/** A shared host with customers, and a host of its own for one of them; brought up once, used by all cells. */
import { parseDocument, YAMLMap, type YAMLSeq } from "yaml";
import { readModel } from "../../../model/read.ts";
import type { StandingReport } from "../../../deploy/move/status.ts";
import { ageLock } from "../../site/inspect.ts";
import { ageOperations } from "../../site/journal.ts";
import { type Machines, machinesOf } from "../../site/machines.ts";
import { build, bringUp } from "../../site/platform.ts";
import type { Site } from "../../site/site.ts";
import { type Target, targetsOf } from "../../traffic/road.ts";
import { tokensOf } from "../../traffic/tokens.ts";
import { recovered } from "../restore.ts";
import type { State, Verb } from "./columns.ts";
import { stateOf } from "./judge.ts";
import { query } from "./look.ts";
import type { Row } from "./rows.ts";

export interface MoveArena {
  site: Site;
  machines: Machines;
  /** The customer, whose own host has its name. */
  slug: string;
  hosts: readonly ["shared", string];
  target: Target;
  /** Who works beside it on the shared host. */
  others: Target[];
  tokens: ReadonlyMap<string, string>;
}

const SLUG = "acme";
const OTHERS = ["baykal", "ceviz"];
const RELEASE = "m-one";
/** A dead owner's lock lives no longer than this without a sign of life. */
const LONG_DEAD = 90;

/** Only these customers, without limits that the load would meet, and quick gates. */
function simplify(site: Site, own: "none" | "staged" | "live"): void {
  site.edit("hosting.yaml", (text) => {
    const document = parseDocument(text);
    for (const tier of ["shared", "dedicated"]) document.setIn(["tiers", tier, "limits"], document.createNode({ users: 500 }));
    document.set("rollout", document.createNode({ gate: { attempts: 8, intervalSeconds: 0.3, timeoutSeconds: 2, successes: 2, steadySeconds: 1 }, drainSeconds: 5, keepReleases: 12 }));
    return String(document);
  });
  site.edit("customers.yaml", (text) => {
    const document = parseDocument(text);
    const entries = document.get("customers") as YAMLSeq<YAMLMap>;
    entries.items = entries.items.filter((entry) => [SLUG, ...OTHERS].includes(String(entry.get("slug"))));
    const entry = entries.items.find((one) => one.get("slug") === SLUG)!;
    if (own !== "none") for (const [key, value] of [["tier", "dedicated"], ["phase", own]]) entry.set(key, value);
    return String(document);
  });
}

/** Everything that is missing, up to a customer who is apart from its own host, which stands by. */
export async function raiseMoveArena(site: Site): Promise<MoveArena> {
  const known = (JSON.parse(await site.must(["pulumi", "stack", "ls", "--json"])) as { name: string }[]).map(({ name }) => name);
  const made = known.includes(SLUG);
  simplify(site, made ? "staged" : "none");
  if (!known.includes("shared")) await bringUp(site, ["shared"]);
  const { releases } = JSON.parse(await site.must(["bin/deploy", "releases", "--json"])) as { releases: { version: string }[] };
  if (!releases.some(({ version }) => version === RELEASE)) await build(site, RELEASE);
  if (made && (await statusOf(site)).phase === "moved") simplify(site, "live");
  else {
    const machines = await machinesOf(site);
    await settled(site, machines, made ? ["shared", SLUG] : ["shared"]);
    // A lab that was left in the middle: the files of a fresh copy do not say who was finished.
    if (made && await isFinished({ machines, slug: SLUG, hosts: ["shared", SLUG] })) simplify(site, "live");
    else if (!made || (await statusOf(site)).phase === "none") await site.must(["bin/deploy", "update", "shared", RELEASE, "--yes"]);
  }
  if (!made) await site.must(["bin/deploy", "move", SLUG, "--to", "dedicated", "--yes", "--watch", "1"]);
  const targets = targetsOf(site.directory);
  const arena: MoveArena = {
    site, machines: await machinesOf(site), slug: SLUG, hosts: ["shared", SLUG], target: targets.find(({ slug }) => slug === SLUG)!,
    others: targets.filter(({ slug }) => OTHERS.includes(slug)), tokens: await tokensOf(site.directory, site.environment, targets),
  };
  await bring(arena, ["apart"]);
  return arena;
}

/** Whether nothing of a move is on either host, and the customer's own has all that it has. */
async function isFinished({ machines, slug, hosts: [shared, own] }: Pick<MoveArena, "machines" | "slug" | "hosts">): Promise<boolean> {
  const tickets = async (host: string): Promise<number> => Number(await query(machines, host, `select count(*) from tickets t join organisations o on o.id = t.organisation_id where o.slug = '${slug}'`));
  const moves = await query(machines, own, "select count(*) from pg_namespace where nspname like 'etage\\_move%'");
  return Number(moves) === 0 && await tickets(own) > 0 && await tickets(shared) === 0;
}

/** As `deploy move status --json` says. */
export async function statusOf({ run }: Pick<Site, "run">): Promise<StandingReport> {
  const { stdout, stderr } = await run(["bin/deploy", "move", "status", SLUG, "--json"]);
  const line = stdout.split("\n").find((one) => one.startsWith("{"));
  if (!line) throw new Error(`deploy move status says nothing: ${stderr}`);
  return (JSON.parse(stdout.slice(stdout.indexOf("{"))) as { moves: [StandingReport] }).moves[0];
}

export const filesSay = ({ site: { directory }, slug }: Pick<MoveArena, "site" | "slug">): "shared" | "own" =>
  readModel(directory).fleet.customer(slug)!.host.name === slug ? "own" : "shared";

/** Nothing is held by the dead any more. */
async function settled(site: Site, machines: Machines, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    for (const fault of ["thaw", "start", "mend", "empty"] as const) await machines.fault(host, fault);
    await recovered({ machines }, host);
    await ageLock(machines, host, LONG_DEAD);
  }
  await ageOperations(site, LONG_DEAD);
}

export const buryTheDead = async ({ site, machines, hosts }: MoveArena): Promise<void> => {
  for (const host of hosts) await ageLock(machines, host, LONG_DEAD);
  await ageOperations(site, LONG_DEAD);
};

export const wordsOf = (verb: Verb, slug: string): string[] =>
  ["move", verb === "down" ? "back" : verb, slug, ...({ run: ["--watch", "1"], back: ["--watch", "1", "--yes"], down: ["--watch", "1", "--yes"], abort: ["--yes"], finish: ["--confirm", slug, "--quiet", "3"] } satisfies Record<Verb, string[]>)[verb]];

/** From where the customer is to the first of the states that is wanted, unless it is in one of them. Throws when a verb fails. */
export async function bring(arena: MoveArena, wanted: readonly State[]): Promise<void> {
  const way: Record<State, Record<State, Verb | null>> = {
    apart: { apart: null, moved: "run", returned: "run", finished: "run" }, moved: { moved: null, returned: "back", apart: "back", finished: "finish" },
    returned: { returned: null, apart: "abort", moved: "run", finished: "run" }, finished: { finished: null, returned: "down", apart: "down", moved: "down" },
  };
  for (let turns = 0; turns < 5; turns += 1) {
    const { phase } = await statusOf(arena.site);
    const state = stateOf(phase, filesSay(arena));
    if (state !== undefined && wanted.includes(state)) return;
    // A way back whose rest was not done, or a hold that somebody died in.
    const verb = state === undefined ? (phase === "preparing" ? "back" : "run") : way[state][wanted[0]!];
    if (verb !== null) await arena.site.must(["bin/deploy", ...wordsOf(verb, arena.slug)]);
  }
  throw new Error(`${arena.slug} does not get ${wanted.join(" or ")}; deploy move status ${arena.slug} says where it is`);
}

/** After a cell that was wrong: its fault taken away, and nothing of the move left. */
export async function restoreMove(arena: MoveArena, row: Row, turn: number): Promise<void> {
  const { site, machines, hosts, slug } = arena;
  await settled(site, machines, hosts);
  for (const [left, gone] of [hosts, hosts.toReversed()] as [string, string][]) await row.heal({ machines, slug, left, gone, turn });
  await bring(arena, ["apart"]);
}
