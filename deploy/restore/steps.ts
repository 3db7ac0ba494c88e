/** The steps of a restore, in their order. What each does: docs/restoring.md. */

/** Beside the living customer; nothing of it is touched. */
export const BESIDE = ["lock", "preflight", "ship", "database", "schema", "files", "archive", "compare"] as const;
/** In its place. */
export const IN_PLACE = ["lock", "preflight", "suspend", "keep", "import", "check", "resume", "drop"] as const;
/** A host from nothing. */
export const HOST = ["look", "provision", "lock", "settings", "database", "files", "release", "backup", "gate"] as const;

/** A customer as a file. */
export const TRANSFER = ["lock", "archive", "send", "import"] as const;

export const RESTORE_STEPS = [...new Set([...BESIDE, ...IN_PLACE, ...HOST, ...TRANSFER, "undo"] as const)] as [RestoreStep, ...RestoreStep[]];
export type RestoreStep = (typeof BESIDE)[number] | (typeof IN_PLACE)[number] | (typeof HOST)[number] | (typeof TRANSFER)[number] | "undo";
