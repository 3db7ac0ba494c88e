/** The rows of the move matrix: what goes wrong, how it is made to and how it is mended. */
import { MOVES } from "../../../deploy/host/paths.ts";
import type { Machines } from "../../site/machines.ts";
import type { Running } from "../../site/running.ts";
import { type Column, columnOf, HOLD_MS, inHold, sameMoment } from "./columns.ts";
import { query } from "./look.ts";

export interface Place {
  machines: Machines;
  slug: string;
  /** Host that is left, and the one that is gone to, as this verb sees them; for an abort as the move did. */
  left: string;
  gone: string;
  /** Different in each cell. */
  turn: number;
}
export interface Scene extends Place { running: Running; column: Column }

export interface Row {
  name: string;
  /** `tool`: the fault ends the program; `left`, `gone`: a host can't serve or be reached meanwhile; `rest`: nobody may notice. */
  hits: "tool" | "left" | "gone" | "rest";
  /** When it strikes in a hold: at that moment, or right before the hold begins. */
  strikes: "in the hold" | "before the hold";
  /** Seconds after which it is over though the run goes on; absent: it lasts as long as the run. */
  lasts?(column: Column): number;
  senseless?(step: string): string | undefined;
  strike(scene: Scene): Promise<void>;
  /** Also when the fault never came. */
  heal(place: Place): Promise<void>;
}

const nothing = async (): Promise<void> => {};
/** Of a `finish`, host by host: before its third step it has changed nothing. */
const unfinished = (step: string): string | undefined => ["finish/lock", "finish/preflight", "finish/forward"].includes(step) ? "before `finish/replicate` nothing is changed, and `finish/forward` is over at once" : undefined;
const only = (why: string, ...names: string[]): Row["senseless"] => (step) => names.includes(step) ? undefined : why;

/** Detached: it lasts until it is ended, or for minutes. */
const HOLDER = "etage-drill-holder";
const holdOpen = (slug: string): string => `nohup docker exec -i postgres psql -Xq -U app -d app >/dev/null 2>&1 <<'SQL' &
set application_name = '${HOLDER}';
begin;
update tickets set subject = subject where (organisation_id, id) in (select t.organisation_id, t.id from tickets t join organisations o on o.id = t.organisation_id where o.slug = '${slug}' order by t.id limit 1);
select pg_sleep(240);
commit;
SQL
sleep 0.5`;
const LET_GO = `select pg_terminate_backend(pid, 3000) from pg_stat_activity where application_name = '${HOLDER}'`;

/** Kills the flip on its own host some milliseconds into the hold: as short as it is, nobody elsewhere would hit it. */
const killFlip = ({ slug, column: { step } }: Scene): string => `
n=0
until grep -qs ^holding ${MOVES}/${slug}/phase || [ $n -gt 20000 ]; do n=$((n + 1)); sleep 0.001; done
sleep ${(HOLD_MS[step] ?? 0) / 1000}
pid=$(sed -n 's/^\\(holding\\|leaving\\|returning\\) \\([0-9]*\\) .*/\\2/p' ${MOVES}/${slug}/phase); [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true`;

const STRAY = "put there by somebody";
/** Into the target, as somebody would who does not know of the move: the copy of a row that is still to come, later one that is nowhere else. */
async function putRow({ machines, slug, left, gone, column: { step } }: Scene): Promise<void> {
  const known = step === "schema" || step === "replicate" ? (await query(machines, left, `select max(t.id) from tickets t join organisations o on o.id = t.organisation_id where o.slug = '${slug}'`)).trim() : "1";
  await query(machines, gone, `set session_replication_role = replica;\ninsert into tickets (organisation_id, id, subject) select o.id, ${Number(known || 1)}, '${STRAY}' from organisations o where o.slug = '${slug}' on conflict do nothing;`);
}
const takeRow = ({ machines, gone }: Place): Promise<unknown> => query(machines, gone, `set session_replication_role = replica;\ndelete from tickets where subject = '${STRAY}';`);

const addColumn = (turn: number): string => `set lock_timeout = '2s';\nalter table tickets add column if not exists drill_${turn} text;`;

/** All but what is left free on the database's own volume, and then the machine's disk. */
const FILL = `folder=$(docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' postgres | grep -m 1 postgres | xargs dirname)
fallocate --length "$(df --output=avail --block-size=1 "$folder" | tail -n 1)" "$folder/.filler" || true
cat /dev/zero >"$folder/.filler.rest" 2>/dev/null || true`;
const EMPTY = `folder=$(docker inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' postgres | grep -m 1 postgres | xargs dirname); rm -f "$folder/.filler" "$folder/.filler.rest"`;

const host = (name: string, hits: "left" | "gone", begin: "kill" | "cut", end: "start" | "mend"): Row => ({
  name, hits, strikes: "in the hold", lasts: () => 25, senseless: (step) => sameMoment(columnOf(step)) ?? unfinished(step),
  strike: ({ machines, [hits]: victim }) => machines.fault(victim, begin), heal: ({ machines, [hits]: victim }) => machines.fault(victim, end),
});

export const rows: readonly Row[] = [
  { name: "kill-9", hits: "tool", strikes: "in the hold", senseless: (step) => sameMoment(columnOf(step)), strike: async ({ running }) => running.signal("SIGKILL"), heal: nothing },
  {
    name: "flip-killed", hits: "rest", strikes: "before the hold",
    senseless: (step) => inHold(columnOf(step)) ? undefined : "the flip runs in the hold only",
    strike: async (scene) => void await scene.machines.inside(scene.left, killFlip(scene)), heal: nothing,
  },
  {
    name: "row-there", hits: "rest", strikes: "before the hold",
    senseless: only("rows are compared until the rehearsal; in the hold only those that changed", "schema", "replicate", "files", "rehearse"),
    strike: putRow, heal: async (place) => void await takeRow(place),
  },
  {
    name: "schema-change", hits: "rest", strikes: "before the hold",
    senseless: only("a schema matters from its first comparison to the hold, and to what flows afterwards", "schema", "replicate", "files", "rehearse", "hold", "watch", "back/rehearse"),
    strike: async ({ machines, left, gone, turn, column: { step } }) => void await query(machines, step === "watch" ? gone : left, addColumn(turn)),
    // Whoever wanted it brings it to the other side as well.
    heal: async ({ machines, left, gone, turn }) => { for (const each of [left, gone]) await query(machines, each, addColumn(turn)); },
  },
  {
    name: "open-transaction", hits: "rest", strikes: "before the hold",
    // Copying waits for two minutes, which is as good as any time; everything else gives up before this is over.
    lasts: ({ step }) => step === "schema" || step === "replicate" ? 15 : 90,
    senseless: only("only what waits for the old database's transactions can meet one", "schema", "replicate", "rehearse", "hold", "back/rehearse", "back/hold"),
    strike: async ({ machines, left, slug }) => void await machines.inside(left, holdOpen(slug)), heal: async ({ machines, left }) => void await query(machines, left, LET_GO),
  },
  {
    name: "full-disk", hits: "rest", strikes: "before the hold",
    senseless: (step) => step.includes("/") ? "the host that is gone to is the shared one then" : sameMoment(columnOf(step)),
    strike: async ({ machines, gone }) => { await machines.inside(gone, FILL); await machines.fault(gone, "fill"); },
    heal: async ({ machines, gone }) => { await machines.fault(gone, "empty"); await machines.inside(gone, EMPTY); },
  },
  host("source-dead", "left", "kill", "start"),
  host("target-dead", "gone", "kill", "start"),
  host("source-cut", "left", "cut", "mend"),
  host("target-cut", "gone", "cut", "mend"),
];
