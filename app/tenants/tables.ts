/** What belongs to a tenant, for who copies, exports or removes it. A test holds this against the database's catalog. */

/** Tables whose key begins with the tenant (`organisation_id`), in an order in which rows can be inserted. `organisations` itself (`id`) comes before. */
export const tenantTables = ["hostnames", "users", "tokens", "orders", "order_items", "tickets", "uploads", "jobs", "usage_hours"] as const;

/** Tables of the host: they stay when a tenant moves. */
export const hostTables = ["schema_migrations", "workers", "operators", "operator_sessions"] as const;
