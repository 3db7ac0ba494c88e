/** /zones/{zone}/settings */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { problem, success } from "./envelope.ts";
import { settingRules } from "./setting-rules.ts";
import type { Store } from "./store.ts";
import { zoneFor } from "./zones.ts";

interface Path {
  Params: { zone: string; setting: string };
}

const many = z.object({ items: z.array(z.object({ id: z.string(), value: z.unknown() })).min(1) });

export function settingRoutes(server: FastifyInstance, store: Store): void {
  server.get<Path>("/zones/:zone/settings", async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    return success(Object.keys(settingRules).map((id) => show(store, zone.id, id)));
  });

  server.patch<Path>("/zones/:zone/settings", async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    const parsed = many.safeParse(request.body);
    if (!parsed.success) throw problem(400, 1004, "Missing 'items'");
    return success(store.transaction(() => parsed.data.items.map((item) => change(store, zone.id, item.id, item.value))));
  });

  server.get<Path>("/zones/:zone/settings/:setting", async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    return success(show(store, zone.id, request.params.setting));
  });

  server.patch<Path>("/zones/:zone/settings/:setting", async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    const { value } = (request.body ?? {}) as { value?: unknown };
    return success(change(store, zone.id, request.params.setting, value));
  });
}

/** Value of one setting, its default where nobody set it. */
export function settingOf(store: Store, zone: string, id: string): unknown {
  return store.settings.all(zone).find((kept) => kept.id === id)?.value ?? settingRules[id]?.initial;
}

function show(store: Store, zone: string, id: string): object {
  const rule = ruleFor(id);
  const kept = store.settings.all(zone).find((setting) => setting.id === id);
  return { id, value: kept?.value ?? rule.initial, editable: rule.accepts !== undefined, modified_on: kept?.modified_on ?? null };
}

function change(store: Store, zone: string, id: string, value: unknown): object {
  const rule = ruleFor(id);
  if (!rule.accepts) throw problem(400, 1057, `${id} cannot be modified for this zone`);
  const parsed = rule.accepts.safeParse(value);
  if (!parsed.success) throw problem(400, 1007, `Invalid value for zone setting ${id}`);
  store.settings.put(zone, { id, value: parsed.data, modified_on: new Date().toISOString() });
  return show(store, zone, id);
}

function ruleFor(id: string) {
  const rule = settingRules[id];
  if (!rule) throw problem(400, 1006, `Unrecognized zone setting name: ${id}`);
  return rule;
}
