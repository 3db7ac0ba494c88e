/** Steps of what is done about one customer besides moves. What each does: docs/customers.md. */

export const LIFE_VERBS = ["customer credentials", "erase"] as const;
export type LifeVerb = (typeof LIFE_VERBS)[number];

export const CREDENTIALS = ["admin", "deliver"] as const;
/** In their order; `unprotect` to `unstack` are a dedicated customer's only. */
export const ERASURE = ["lock", "suspend", "count", "export", "erase", "verify", "backups", "unprotect", "destroy", "unstack", "certificate", "forget"] as const;

export const LIFE_STEPS = [...CREDENTIALS, ...ERASURE] as const;
export type LifeStep = (typeof LIFE_STEPS)[number];
