/** A customer that is being taken back to a time, as a host knows it: a file that lies there from the scratch's beginning to its end. */
import { type Command, root, script } from "./command.ts";
import { writeMark } from "./marks.ts";
import { RESTORES } from "./paths.ts";
import { SCRATCH_AT, scratchName } from "./scratch.ts";
import { parseSections } from "./sections.ts";

export interface RestoreMark {
  slug: string;
  operation: string;
  /** ISO time that it goes back to. */
  at: string;
  /** `beside`: the living data is as it was; `replacing`: the customer is suspended, its data may be the old or the new; `replaced`: it is the new. */
  phase: "beside" | "replacing" | "replaced";
  /** Person. */
  by: string;
  /** ISO time, by the operator's clock. */
  since: string;
}

export const writeRestoreMark = (mark: RestoreMark): Command => writeMark("restore-mark", RESTORES, mark);
export const restoreMark = (slug: string): string => `${RESTORES}/${slug}.json`;

export interface RestoreSeen {
  mark: RestoreMark | null;
  /** The scratch's container: Docker's state, and the time that it stands at. */
  container: { state: string; at: string } | null;
  /** Whether the customer's archive is there. */
  archived: boolean;
}

/** `archive`: path on the host. */
export const seeRestore = (slug: string, archive: string): Command => ({
  sections: [
    ["mark", root(script("restore-seen", `cat "$1" 2>/dev/null || true`, restoreMark(slug)))],
    ["container", ["docker", "ps", "--all", "--filter", `name=^${scratchName(slug)}$`, "--format", `{{.State}} {{.Label "${SCRATCH_AT}"}}`]],
    ["archive", root(script("archive-seen", `[ ! -e "$1" ] || echo there`, archive))],
  ],
});

/** A damaged mark counts as none: what it says is then found by looking. */
export function parseRestoreSeen(stdout: string): RestoreSeen {
  const parts = parseSections(stdout);
  const text = (name: string): string => parts.get(name)?.output.trim() ?? "";
  const [, state, at = ""] = /^(\S+) ?(\S*)$/m.exec(text("container")) ?? [];
  return { mark: markOf(text("mark")), container: state ? { state, at } : null, archived: text("archive") === "there" };
}

function markOf(text: string): RestoreMark | null {
  try {
    return JSON.parse(text) as RestoreMark;
  } catch {
    return null;
  }
}
