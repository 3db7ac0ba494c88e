/** Faults on demand. Kept in the lab's database, so that they outlive a restart, as the drill expects. */
import { matchesGlob } from "node:path";
import { z } from "zod";
import type { Lab } from "../context.ts";

export type Api = "hetzner" | "cloudflare";

export const fault = z.strictObject({
  status: z.int().min(400).max(599).optional().describe("Answer with this HTTP status and do nothing"),
  code: z.string().optional().describe("Error code in the vendor's envelope; default fits the status"),
  message: z.string().optional(),
  delayMs: z.int().min(0).optional().describe("Wait before doing anything"),
  loseAnswer: z.boolean().optional().describe("Do it, then close the connection without an answer"),
  retryAfterMs: z.int().min(0).optional().describe("Sent as Retry-After-Ms, which Cloudflare's clients obey; nothing for Hetzner"),
  noRetry: z.boolean().optional().describe("Sends x-should-retry: false, which Cloudflare's clients obey; nothing for Hetzner"),
  times: z.int().min(1).optional().describe("Counted down; absent = until cleared"),
});
export type Fault = z.infer<typeof fault>;

export const apiFault = fault.extend({
  kind: z.literal("api"),
  api: z.enum(["hetzner", "cloudflare"]),
  method: z.string().default("*"),
  path: z.string().default("/**").describe("Glob below the API's base path: /servers, /servers/*, /zones/**"),
});
export const placementFault = z.strictObject({
  kind: z.literal("placement"),
  type: z.string().default("*").describe("Server type, or * for all"),
  location: z.string().default("*"),
  times: z.int().min(1).optional(),
});
export const anyFault = z.discriminatedUnion("kind", [apiFault, placementFault]);
export type AnyFault = z.infer<typeof anyFault>;
export type KeptFault = AnyFault & { id: number };

export interface Faults {
  /** The fault that applies to this request, if any; uses one of its `times` up. `path` with or without base path and query. */
  takeFault(api: Api, method: string, path: string): Fault | undefined;
  /** Whether POST /servers is to answer "resource_unavailable"; uses one of the fault's `times` up. */
  placementFails(serverType: string, location: string): boolean;
  add(fault: AnyFault): KeptFault;
  list(): KeptFault[];
  /** Removes all faults, or the one with `id`; how many went. */
  clear(id?: number): number;
}

/** Opens the faults of a lab; every caller sees the same ones. */
export function openFaults(lab: Pick<Lab, "database">): Faults {
  lab.database.exec("CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)");
  const select = lab.database.prepare("SELECT id, body FROM faults ORDER BY id");
  const insert = lab.database.prepare("INSERT INTO faults (body) VALUES (?)");
  const update = lab.database.prepare("UPDATE faults SET body = ? WHERE id = ?");
  const remove = lab.database.prepare("DELETE FROM faults WHERE id = ?");

  const list = () => select.all().map((row) => ({ id: Number(row.id), ...anyFault.parse(JSON.parse(String(row.body))) }));

  function take<T extends KeptFault>(matches: (fault: KeptFault) => fault is T): T | undefined {
    const found = list().find(matches);
    if (found?.times === undefined) return found;
    const { id, ...body } = found;
    if (body.times === 1) remove.run(id);
    else update.run(JSON.stringify({ ...body, times: found.times - 1 }), id);
    return found;
  }

  return {
    takeFault(api, method, path) {
      const short = shortPath(path);
      const isMeant = (item: KeptFault): item is KeptFault & z.infer<typeof apiFault> =>
        item.kind === "api" && item.api === api && ["*", method.toUpperCase()].includes(item.method.toUpperCase()) && matchesGlob(short, item.path);
      return take(isMeant);
    },
    placementFails(serverType, location) {
      const isMeant = (item: KeptFault): item is KeptFault & z.infer<typeof placementFault> =>
        item.kind === "placement" && ["*", serverType].includes(item.type) && ["*", location].includes(item.location);
      return take(isMeant) !== undefined;
    },
    add: (body) => ({ id: Number(insert.run(JSON.stringify(body)).lastInsertRowid), ...body }),
    list,
    clear(id) {
      const going = list().filter((item) => id === undefined || item.id === id);
      for (const item of going) remove.run(item.id);
      return going.length;
    },
  };
}

function shortPath(path: string): string {
  const plain = path.split("?")[0]!.replace(/^\/(v1|client\/v4)(?=\/|$)/, "");
  return plain === "" ? "/" : plain;
}
