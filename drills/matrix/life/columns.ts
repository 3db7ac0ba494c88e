/** The columns of the life matrix: every step that the journal knows of what is done about one customer; `retire` is an erasure with a host of its own. */

export type Verb = "add" | "suspend" | "remove" | "restore" | "erase" | "retire";

export interface Column { /** `erase/export` */ name: string; verb: Verb; step: string }

/** A host that only has to be told goes through these. */
const TELL = ["lock", "preflight", "migrate", "switch", "gate-outside", "unlock"] as const;

const of = (verb: Verb, steps: readonly string[]): Column[] => steps.map((step) => ({ name: `${verb}/${step}`, verb, step }));

export const columns: readonly Column[] = [
  ...of("add", [...TELL, "admin", "deliver"]),
  ...of("suspend", TELL),
  ...of("remove", TELL),
  // Beside the living one first, then in its place.
  ...of("restore", ["lock", "preflight", "ship", "database", "schema", "files", "archive", "compare", "suspend", "keep", "import", "check", "resume", "drop"]),
  ...of("erase", ["lock", "suspend", "count", "export", "erase", "verify", "certificate", "forget", "migrate", "gate-outside"]),
  ...of("retire", ["lock", "export", "erase", "unprotect", "destroy", "unstack", "certificate", "forget"]),
];

export const columnOf = (name: string): Column => columns.find((one) => one.name === name) ?? (() => { throw new Error(`there is no column ${name}`); })();

/** What is typed. `slug` is new for each cell; `at`: ISO, the time that a restore goes back to. */
export function wordsOf(verb: Verb, slug: string, at = ""): string[] {
  switch (verb) {
    case "add": return ["customer", "add", slug, "--name", slug, "--email", `it@${slug}.example`, "--tier", "shared", "--yes", "--apply"];
    case "suspend": return ["customer", "suspend", slug, "--yes", "--apply"];
    case "remove": return ["customer", "remove", slug, "--yes", "--confirm", slug, "--apply"];
    case "restore": return ["restore", "customer", slug, "--to", at, "--in-place", "--yes"];
    case "erase": case "retire": return ["erase", slug, "--now", "--confirm", slug];
  }
}

/** What a person types after the verb was killed, by what the file says then. */
export function nextOf(verb: Verb, slug: string, { known, status, at }: { known: boolean; status: string; at?: string }): string[] {
  if (verb === "restore") return wordsOf(verb, slug, at);
  const done = verb === "add" ? known : verb === "erase" || verb === "retire" ? !known : verb === "suspend" ? status === "suspended" : status === "leaving";
  return done ? ["apply", "--yes"] : wordsOf(verb, slug);
}
