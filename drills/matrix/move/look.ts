/** What a move has on a host: read in its machine, with nothing of the program that is tried in between but the names of things. */
import { leftovers, type Leftover } from "../../../deploy/move/data/cleanup.ts";
import { type Fence, fenceOf } from "../../../deploy/move/data/fence.ts";
import { moveNames } from "../../../deploy/move/data/names.ts";
import { linkLeftovers } from "../../../deploy/host/link-state.ts";
import { moveRoutes } from "../../../deploy/host/room.ts";
import { parseMoveMarks, readMoveMarks } from "../../../deploy/host/moves.ts";
import { render } from "../../../deploy/remote/shell.ts";
import type { Machines } from "../../site/machines.ts";

export interface Look {
  host: string;
  /** Who may write the customer's rows here; null: the move has nothing in this database. */
  fence: Fence | null;
  /** In the database. */
  objects: string[];
  /** Beside it: `link acme`, `route acme`, `a waiting room`, `a trial route`, `a password file`. */
  things: string[];
  /** Of the notes that updates look for. */
  marks: string[];
  /** Owner of the host's lock. */
  lock: string | null;
  /** App containers that run. */
  apps: number;
  /** The customer's tickets and jobs, by id. */
  tickets: ReadonlySet<string>;
  /** Jobs that failed, or that no worker has ended within two minutes. */
  overdue: number;
}

/** One statement's lines. */
export const query = (machines: Machines, host: string, sql: string): Promise<string> =>
  machines.inside(host, `docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U app -d app <<'SQL'\n${sql}\nSQL`);

export async function lookAt(machines: Machines, host: string, slug: string): Promise<Look> {
  const { schema, passfile } = moveNames(slug);
  const part = (name: string, command: string): string => `echo "@${name}"; { ${command}; } 2>/dev/null || true`;
  const text = await machines.inside(host, [
    part("link", render(linkLeftovers("deploy"))), part("route", render(moveRoutes())), part("mark", render(readMoveMarks())),
    part("room", "docker ps --all --quiet --filter name=^room$"), part("trial", "docker exec proxy kamal-proxy list | grep -o 'trial-[a-z0-9-]*'"),
    part("passfile", `docker exec postgres ls ${passfile}`), part("lock", "tr -d '\\n' </var/lib/etage/lock/owner.json"),
    part("apps", "docker ps --quiet --filter label=etage.role=app"),
  ].join("\n"));
  const found = new Map<string, string[]>();
  let name = "";
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    if (line.startsWith("@")) found.set(name = line.slice(1), []);
    else found.get(name)?.push(line);
  }
  const lines = (of: string): string[] => found.get(of) ?? [];
  const [fence, objects, ids, overdue] = await Promise.all([
    query(machines, host, `select coalesce(pg_sequence_last_value(to_regclass('${schema}.fence')), 0)`),
    query(machines, host, leftovers()),
    query(machines, host, `select x.id from organisations o cross join lateral (select t.id::text from tickets t where t.organisation_id = o.id union all select j.id::text from jobs j where j.organisation_id = o.id) x where o.slug = '${slug}'`),
    query(machines, host, `select count(*) from jobs j join organisations o on o.id = j.organisation_id where o.slug = '${slug}' and (j.state = 'failed' or j.state <> 'done' and j.due_at < now() - interval '2 minutes')`),
  ]);
  return {
    host, fence: fenceOf(Number(fence.trim())),
    objects: (JSON.parse(objects) as Leftover[]).map(({ kind, name: object }) => `${kind} ${object}`),
    things: [
      ...lines("link").map((one) => `link ${one}`), ...lines("route").map((one) => `route ${one}`),
      ...(lines("room").length > 0 ? ["a waiting room"] : []), ...(lines("trial").length > 0 ? ["a trial route"] : []), ...(lines("passfile").length > 0 ? ["a password file"] : []),
    ],
    marks: parseMoveMarks(lines("mark").join("\n")).map((mark) => mark.phase),
    lock: lines("lock")[0] ?? null, apps: lines("apps").length, tickets: new Set(ids.split("\n").filter(Boolean)), overdue: Number(overdue),
  };
}
