/** The steps of a move, in their order. What each does: docs/moves.md. */

export const MOVE_STEPS = [
  "lock", "preflight", "provision", "schema", "reference", "replicate", "files", "rehearse",
  "hold", "catch-up", "compare", "route", "release", "dns", "forward", "reverse", "watch", "finish", "unlock", "undo",
] as const;
export type MoveStep = (typeof MOVE_STEPS)[number];

/** Everything before customers' requests are held: each may be done again, and none is noticed by a customer. */
export const PREPARING = ["preflight", "provision", "schema", "reference", "replicate", "files", "rehearse"] as const satisfies readonly MoveStep[];
/** The hold. One program on the host that is left goes through them without asking anybody. */
export const FLIPPING = ["hold", "catch-up", "compare", "route", "release"] as const satisfies readonly MoveStep[];
/** The new host serves. */
export const SETTLING = ["dns", "forward", "reverse", "watch"] as const satisfies readonly MoveStep[];
