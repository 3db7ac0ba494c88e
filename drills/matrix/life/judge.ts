/** What a cell of the life matrix must show, against what was seen. Pure. */
import type { Verb } from "./columns.ts";
import type { Had } from "./look.ts";

export interface Paper { rows: Record<string, number>; files: number; /** Own stack that went with it. */ stack: string | null; /** Its sum is of the rest of it. */ sound: boolean }

export interface Seen {
  /** Why there was no strike; null: it came. */
  missed: string | null;
  /** Exit codes of the struck run (null: it had to be killed because it did not end) and of what was typed next. */
  codes: [number | null, number];
  complaint: string;
  /** What was typed next. */
  next: string;
  /** What the customer had; of a restore, at the time that was gone back to. */
  before: Had;
  after: Had;
  /** Rows and files of all others, before the strike and in the end. */
  others: [before: string, after: string];
  /** What customers.yaml says in the end; null: it has no such customer. */
  file: string | null;
  /** Credentials that the channel got for it. */
  deliveries: number;
  /** Certificates of its erasure. */
  papers: Paper[];
  /** What is left on the host, and in the journal. */
  leftovers: string[];
  openEnds: string[];
}

export function faultsOf(verb: Verb, hits: "tool" | "host", seen: Seen): string[] {
  return [...endings(hits, seen), ...outcome(verb, seen), ...others(seen), ...seen.leftovers.map((one) => `left on the host: ${one}`), ...seen.openEnds.map((end) => `at the end: ${end}`)];
}

function endings(hits: "tool" | "host", { missed, codes: [first, next], complaint, next: typed }: Seen): string[] {
  const allowed = hits === "tool" ? [137] : [0, 1];
  return [
    ...(missed === null ? [] : [missed]),
    ...(first === null ? ["the struck run had to be killed: it did not end"] : allowed.includes(first) ? [] : [`the struck run ended with ${first} instead of ${allowed.join(" or ")}`]),
    ...(next === 0 ? [] : [`deploy ${typed} ended with ${next} instead of 0: ${complaint}`]),
  ];
}

function others({ others: [before, after] }: Seen): string[] {
  if (before === after) return [];
  const [then, now] = [before.split("\n"), after.split("\n")];
  return [`others' data is not what it was: ${[...then.filter((line) => !now.includes(line)).map((line) => `- ${line}`), ...now.filter((line) => !then.includes(line)).map((line) => `+ ${line}`)].slice(0, 6).join("; ")}`];
}

function outcome(verb: Verb, seen: Seen): string[] {
  const { before, after, file, deliveries, papers } = seen;
  if (verb === "erase" || verb === "retire") return [...erased(seen), ...(papers.length === 1 && (papers[0]!.stack !== null) !== (verb === "retire") ? [`the certificate names ${papers[0]!.stack ?? "no"} stack`] : [])];
  const [status, written] = verb === "add" || verb === "restore" ? ["active", "active"] : ["suspended", verb === "suspend" ? "suspended" : "leaving"];
  return [
    ...(after.status === status ? [] : [`the app has it as ${after.status ?? "nobody"} instead of ${status}`]),
    ...(file === written ? [] : [`customers.yaml has it as ${file ?? "nobody"} instead of ${written}`]),
    ...(papers.length > 0 ? ["there is a certificate of erasure"] : []),
    ...(verb !== "add" ? after.sum === before.sum ? [] : ["its own data is not what it was"]
      : [...(after.rows.users === 1 ? [] : [`it has ${after.rows.users ?? 0} users instead of its admin`]), ...(deliveries > 0 ? [] : ["nobody got its credentials"])]),
  ];
}

/** The app itself adds to these while nobody looks. */
const UNSTEADY: ReadonlySet<string> = new Set(["usage_hours", "jobs"]);

function erased({ before, after, file, papers }: Seen): string[] {
  const left = Object.entries(after.rows);
  const [paper] = papers;
  const wrong = paper ? Object.entries(before.rows).filter(([table, amount]) => !UNSTEADY.has(table) && paper.rows[`public.${table}`] !== amount).map(([table, amount]) => `${table} ${paper.rows[`public.${table}`] ?? 0} instead of ${amount}`) : [];
  return [
    ...(left.length > 0 ? [`rows are left: ${left.map(([table, amount]) => `${table} ${amount}`).join(", ")}`] : []),
    ...(after.files > 0 ? [`${after.files} files are left`] : []),
    ...(file === null ? [] : [`customers.yaml still has it, as ${file}`]),
    ...(papers.length === 1 ? [] : [`there are ${papers.length} certificates instead of one`]),
    ...(paper && !paper.sound ? ["the certificate's sum is wrong"] : []),
    ...(wrong.length > 0 ? [`the certificate says ${wrong.join(", ")}`] : []),
    ...(paper && paper.files !== before.files ? [`the certificate says ${paper.files} files instead of ${before.files}`] : []),
  ];
}
