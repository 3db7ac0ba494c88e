/** Values of the fence, a sequence in the move's schema (guard.ts). `left`: closed, and no `unseal` opens it, since the other side serves. */
export const FENCE = { open: 1, closed: 2, noting: 3, left: 4 } as const;

/** SQLSTATE of a write that the fence refuses: as of a server that only reads. */
export const REFUSED = "25006";
