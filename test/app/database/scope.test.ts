import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";

const app = join(import.meta.dirname, "../../../app");

it("no statement outside the scope, the tenants' own table, the queue of jobs and the migrations touches the database", async () => {
  const files = (await readdir(app, { recursive: true })).filter((file) => file.endsWith(".ts") && !file.startsWith("node_modules"));
  const speaking: string[] = [];
  for (const file of files) {
    const source = await readFile(join(app, file), "utf8");
    if (/(sql|session|database)(<[^`]*>)?`|\.unsafe\(/.test(source)) speaking.push(file);
  }
  expect(speaking.sort()).toEqual(["database/connect.ts", "database/migrate.ts", "database/scope.ts", "jobs/heartbeat.ts", "jobs/queue.ts", "tenants/find.ts", "tenants/upsert.ts"]);
});
