/** What an erasure removes, what stays until when, and what stands in its way. A value: shown, asked about, run as it is. Pure. */
import { daysAfter, isDue } from "../../model/retention.ts";
import type { Hosting } from "../../model/schema.ts";
import { most } from "./earlier.ts";
import type { Counted, ErasureFacts } from "./facts.ts";

export interface Expiring {
  /** For people: `database backups of shared`. */
  what: string;
  /** The day from which nothing of the customer is in them; null: nobody knows. */
  until: string | null;
  /** Why then. */
  policy: string;
}

export interface ErasurePlan {
  format: 1;
  customer: string;
  host: string;
  release: string | null;
  status: "active" | "suspended" | "leaving";
  eraseOn: string | null;
  due: boolean;
  /** As it was before anything was removed, also by an earlier run. */
  counted: Counted;
  /** A last archive is made, and kept here until that day. */
  archive: { keptUntil: string } | null;
  /** Backups that hold something of it, and go by themselves. */
  expiring: Expiring[];
  /** Its own stack, which is destroyed: server, volume, DNS records. */
  stack: string | null;
  /** All backups of its own host go from the store, as long as that host is there to do it. */
  wipes: boolean;
  /** An earlier run removed something already. */
  goesOn: boolean;
  faults: { reason: string; command: string | null }[];
}

export interface ErasureManner {
  /** Also before its day has come. */
  early: boolean;
  now: Date;
}

export function planErasure({ retention, backup }: Pick<Hosting, "retention" | "backup">, facts: ErasureFacts, { early, now }: ErasureManner): ErasurePlan {
  const { customer, host, now: site, counted, stack, earlier } = facts;
  const { slug, status, eraseOn } = customer;
  const due = isDue(customer, now);
  const exports = retention.exportDays > 0 && (earlier.archive !== null || (site !== null && earlier.counted === null));
  return {
    format: 1, customer: slug, host, release: site?.release.version ?? null, status, eraseOn: eraseOn ?? null, due,
    counted: earlier.counted ? most(earlier.counted, counted) : counted,
    archive: exports ? { keptUntil: daysAfter(now, retention.exportDays) } : null,
    expiring: expiring(facts, backup, now),
    stack: stack ? slug : null, wipes: backup !== undefined && stack && host === slug && site !== null, goesOn: earlier.counted !== null, faults: faults(facts, due, early),
  };
}

function faults({ customer: { slug, status, eraseOn }, now: site, earlier, unsound }: ErasureFacts, due: boolean, early: boolean): ErasurePlan["faults"] {
  if (status === "active") return [{ reason: `${slug} is active`, command: `deploy customer remove ${slug}` }];
  const mark = site?.seen.moves.find((move) => move.slug === slug);
  return [
    ...(due || early || earlier.counted !== null ? [] : [{ reason: eraseOn === undefined ? `no day of erasure stands in customers.yaml` : `its data is kept until ${eraseOn}`, command: `deploy erase ${slug} --now` }]),
    ...(unsound === null ? [] : [{ reason: `hosting.yaml needs it (${unsound})`, command: "edit hosting.yaml, then deploy check" }]),
    ...(mark ? [{ reason: `a move of it is not over (${mark.from} → ${mark.to})`, command: mark.phase === "preparing" ? `deploy move abort ${slug}` : `deploy move finish ${slug}` }] : []),
  ];
}

/** Backups of a shared host hold everybody: nothing is taken out of them, they go when their time is over. Those of a host of one's own are removed by that host: of one that is gone already nobody would prune them. */
function expiring({ host, dedicated, now: site, earlier }: ErasureFacts, backup: Hosting["backup"], now: Date): Expiring[] {
  const dumps = site?.seen.dumps.length ?? 0;
  const days = backup ? Math.max(backup.keep.hourly / 24, backup.keep.daily, backup.keep.weekly * 7, backup.keep.monthly * 31) : 0;
  return [
    ...(dumps > 0 && !dedicated ? [{ what: `${dumps} ${dumps === 1 ? "dump" : "dumps"} of the database on ${host}`, until: null, policy: "one goes with each new one, which every update makes when the newest is too old; seven are kept" }] : []),
    ...(backup && dedicated && !site && earlier.backups === null ? [{ what: `backups of ${host} in the store, which are this customer's alone`, until: null, policy: `the host is gone, and nobody else prunes them: remove the folder ${host} there` }] : []),
    ...(backup && !dedicated ? [{ what: `backups of the database and of the files of ${host}`, until: daysAfter(now, Math.ceil(days) + 1), policy: "backup.keep" }] : []),
  ];
}

export const total = (rows: Readonly<Record<string, number>>): number => Object.values(rows).reduce((sum, amount) => sum + amount, 0);
