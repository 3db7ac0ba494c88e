/** What hosts back up, and the proof of it. */
export const KINDS = ["database", "files", "customers", "verify"] as const;
export type Kind = (typeof KINDS)[number];
