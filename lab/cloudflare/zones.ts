/** /zones */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { noRoute, paginate, problem, success } from "./envelope.ts";
import { hostname } from "./record-content.ts";
import { inOrder, readPage } from "./query.ts";
import { newId, type Store } from "./store.ts";
import { account } from "./user.ts";
import type { Zone } from "./types.ts";

const create = z.object({ name: z.string(), account: z.object({ id: z.string().optional() }).optional(), type: z.literal("full").default("full") });
const change = z.object({ paused: z.boolean().optional() });

interface Path {
  Params: { zone: string };
}

export function zoneRoutes(server: FastifyInstance, store: Store): void {
  server.get("/zones", async (request) => {
    const query = request.query as Record<string, string>;
    const { page, perPage } = readPage(query, { perPage: 20, least: 5, most: 50 });
    const zones = store.zones.all().filter((zone) => isWanted(zone, query));
    return paginate(inOrder(zones, query, (zone, order) => (order === "name" ? zone.name : zone.status)), page, perPage);
  });

  server.post("/zones", async (request) => {
    const parsed = create.safeParse(request.body);
    if (!parsed.success) throw problem(400, 1001, "Invalid zone: expected `name` (a domain) and, if given, `type` full.");
    const name = hostname(parsed.data.name);
    if (!name || !name.includes(".")) throw problem(400, 1049, `${parsed.data.name} is not a registered domain`);
    if (parsed.data.account?.id && parsed.data.account.id !== account.id) throw problem(403, 1068, "Permission denied for this account");
    if (store.zones.named(name)) throw problem(400, 1061, `${name} already exists`);
    const zone = newZone(name);
    store.zones.put(zone);
    return success(zone);
  });

  server.get<Path>("/zones/:zone", async (request) => success(zoneFor(store, request.params.zone, request.url)));

  server.patch<Path>("/zones/:zone", async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    const parsed = change.safeParse(request.body);
    if (!parsed.success) throw problem(400, 1018, "Invalid zone change: expected `paused` true or false.");
    const changed = { ...zone, paused: parsed.data.paused ?? zone.paused, modified_on: new Date().toISOString() };
    store.zones.put(changed);
    return success(changed);
  });

  server.delete<Path>("/zones/:zone", async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    store.zones.delete(zone.id);
    return success({ id: zone.id });
  });
}

/** The zone with this id, or Cloudflare's answer to an id it does not know. */
export function zoneFor(store: Store, id: string, url: string): Zone {
  const zone = store.zones.get(id);
  if (!zone) throw noRoute(url.split("?")[0]!.replace("/client/v4", ""));
  return zone;
}

// `name` and `account.name` take an operator in front: contains:, starts_with:, ends_with:, not:
function isWanted(zone: Zone, query: Record<string, string>): boolean {
  const checks = [
    query.name === undefined || compare(zone.name, query.name.toLowerCase()),
    query.status === undefined || zone.status === query.status,
    query["account.id"] === undefined || zone.account.id === query["account.id"],
    query["account.name"] === undefined || compare(zone.account.name, query["account.name"]),
  ];
  const given = [query.name, query.status, query["account.id"], query["account.name"]];
  if (query.match !== "any" || given.every((value) => value === undefined)) return checks.every(Boolean);
  return checks.some((check, index) => check && given[index] !== undefined);
}

function compare(value: string, wanted: string): boolean {
  const [, operator, text = ""] = wanted.match(/^(contains|starts_with|ends_with|not|equal):(.*)$/) ?? [];
  if (operator === "contains") return value.includes(text);
  if (operator === "starts_with") return value.startsWith(text);
  if (operator === "ends_with") return value.endsWith(text);
  if (operator === "not") return value !== text;
  return value === (operator ? text : wanted);
}

// Active at once: the lab's own DNS server is where its names are asked for, so there is no delegation to wait for.
function newZone(name: string): Zone {
  const now = new Date().toISOString();
  return {
    id: newId(),
    name,
    status: "active",
    paused: false,
    type: "full",
    development_mode: 0,
    name_servers: ["ada.ns.lab.test", "bob.ns.lab.test"],
    original_name_servers: [],
    original_registrar: null,
    original_dnshost: null,
    created_on: now,
    modified_on: now,
    activated_on: now,
    meta: { step: 2, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
    owner: { id: null, type: "user", email: null },
    account,
    tenant: { id: null, name: null },
    tenant_unit: { id: null },
    permissions: ["#dns_records:edit", "#dns_records:read", "#ssl:edit", "#ssl:read", "#zone:edit", "#zone:read", "#zone_settings:edit", "#zone_settings:read"],
    plan: {
      id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
      name: "Free Website",
      price: 0,
      currency: "USD",
      frequency: "",
      is_subscribed: false,
      can_subscribe: false,
      legacy_id: "free",
      legacy_discount: false,
      externally_managed: false,
    },
  };
}
