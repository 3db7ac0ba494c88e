/**
 * A customer's move, as a host knows it: a file that lies there while the move is on. Updates look for it, since another
 * schema on one side would stop what flows between the two.
 */
import { type Command, root, script } from "./command.ts";
import { writeMark } from "./marks.ts";
import { MOVES } from "./paths.ts";

export interface MoveMark {
  slug: string;
  operation: string;
  /** The two hosts. */
  from: string;
  to: string;
  /** `preparing`: until the cutover; `moved`: after it, until `finish`. */
  phase: "preparing" | "moved";
  /** Person. */
  by: string;
  /** ISO time, by the operator's clock. */
  since: string;
}

/** Under the host's lock, so that an update that has looked already looks again. Also when it is there with another phase. */
export const writeMoveMark = (mark: MoveMark): Command => writeMark("move-mark", MOVES, mark);
export const removeMoveMark = (slug: string): Command => root(["rm", "-f", `${MOVES}/${slug}.json`]);
export const readMoveMarks = (): Command => root(script("move-marks", `cat "$1"/*.json 2>/dev/null || true`, MOVES));

/** A damaged line counts as a move that is being prepared: nobody knows better. */
export function parseMoveMarks(stdout: string): MoveMark[] {
  return stdout.split("\n").filter(Boolean).map((line) => {
    try {
      return JSON.parse(line) as MoveMark;
    } catch {
      return { slug: "a customer", operation: "", from: "?", to: "?", phase: "preparing", by: "?", since: "" };
    }
  });
}

/** Exit code: the image has other migrations than the container's, or one of them does not say which. */
export const OTHER_MIGRATIONS = 13;

const SAME = `
label='{{index .Config.Labels "etage.migrations"}}'
next=$(docker image inspect --format "$label" "$1") && now=$(docker inspect --format "$label" "$2") || exit 1
[ -n "$next" ] && [ "$next" = "$now" ] || exit ${OTHER_MIGRATIONS}
`;

/** Ends well when a release brings no migration that the one in this container has not; the image has to be there. */
export const sameMigrations = (image: string, container: string): Command => script("same-migrations", SAME, image, container);
