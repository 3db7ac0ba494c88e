/** Values of the fence, a sequence in the move's schema (guard.ts). `left`: closed, and no `unseal` opens it, since the other side serves. */
export const FENCE = { open: 1, closed: 2, noting: 3, left: 4 } as const;

export type Fence = keyof typeof FENCE;

/** By its value; null: there is none. */
export const fenceOf = (value: number): Fence | null => (Object.keys(FENCE) as Fence[]).find((name) => FENCE[name] === value) ?? null;

/** SQLSTATE of a write that the fence refuses: as of a server that only reads. */
export const REFUSED = "25006";
