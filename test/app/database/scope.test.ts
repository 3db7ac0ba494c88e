import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

const app = join(import.meta.dirname, "../../../app");

/** What is said by the tenant's door is held to its policies anyway; what is said by the platform's door cannot reach the tables of users, orders, tickets and uploads. */
const speakers = [
  "archive/export.ts", "archive/rows.ts", "database/connect.ts", "database/migrate.ts", "database/scope.ts", "jobs/heartbeat.ts", "jobs/queue.ts",
  "platform/operators.ts", "tenants/erase.ts", "tenants/find.ts", "tenants/known.ts", "tenants/upsert.ts", "usage/store.ts",
];

it("no other file speaks SQL", async () => {
  const files = (await readdir(app, { recursive: true })).filter((file) => file.endsWith(".ts") && !file.startsWith("node_modules"));
  const speaking: string[] = [];
  for (const file of files) {
    const source = await readFile(join(app, file), "utf8");
    if (/(sql|session|database|platform)(<[^`]*>)?`|\.unsafe\(/.test(source)) speaking.push(file);
  }
  expect(speaking.sort()).toEqual(speakers);
});
