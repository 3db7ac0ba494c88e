/** /zones/{zone}/dns_records */
import type { FastifyInstance } from "fastify";
import { noRoute, paginate, problem, success } from "./envelope.ts";
import { filterRecords } from "./record-filter.ts";
import { checkNeighbours, isProxiable, readRecord } from "./record-rules.ts";
import { readPage } from "./query.ts";
import { newId, type Store } from "./store.ts";
import type { DnsRecord, RecordInput, Zone } from "./types.ts";
import { zoneFor } from "./zones.ts";

/** Free plan, zones made since September 2024. https://developers.cloudflare.com/dns/manage-dns-records/ */
export const recordQuota = 200;

interface Path {
  Params: { zone: string; record: string };
}

export function recordRoutes(server: FastifyInstance, store: Store): void {
  const base = "/zones/:zone/dns_records";

  server.get<Path>(base, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    const query = request.query as Record<string, string>;
    const { page, perPage } = readPage(query, { perPage: 100, most: 5_000_000, least: 1 });
    return paginate(filterRecords(store.records.all(zone.id), query), page, perPage);
  });

  server.post<Path>(base, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    return success(create(store, zone, request.body));
  });

  server.get<Path>(`${base}/:record`, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    return success(recordFor(store, zone, request.params.record, request.url));
  });

  server.put<Path>(`${base}/:record`, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    return success(overwrite(store, zone, recordFor(store, zone, request.params.record, request.url), request.body));
  });

  server.patch<Path>(`${base}/:record`, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    return success(patch(store, zone, recordFor(store, zone, request.params.record, request.url), request.body));
  });

  server.delete<Path>(`${base}/:record`, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    const record = recordFor(store, zone, request.params.record, request.url);
    store.records.delete(zone.id, record.id);
    return success({ id: record.id });
  });

  // One transaction: deletes, patches, puts, posts, in this order.
  server.post<Path>(`${base}/batch`, async (request) => {
    const zone = zoneFor(store, request.params.zone, request.url);
    const lists = (request.body ?? {}) as Record<string, ({ id: string } & Record<string, unknown>)[] | undefined>;
    const known = (id: string) => recordFor(store, zone, id, request.url);
    return store.transaction(() =>
      success({
        deletes: (lists.deletes ?? []).map(({ id }) => {
          const record = known(id);
          store.records.delete(zone.id, id);
          return record;
        }),
        patches: (lists.patches ?? []).map((change) => patch(store, zone, known(change.id), change)),
        puts: (lists.puts ?? []).map((change) => overwrite(store, zone, known(change.id), change)),
        posts: (lists.posts ?? []).map((body) => create(store, zone, body)),
      }),
    );
  });
}

function create(store: Store, zone: Zone, body: unknown): DnsRecord {
  const input = readRecord(body, zone.name);
  checkNeighbours(input, store.records.named(zone.id, input.name));
  if (store.records.count(zone.id) >= recordQuota)
    throw problem(400, 81045, `Record quota exceeded. The free plan holds ${recordQuota} records in a zone.`);
  const now = new Date().toISOString();
  return keep(store, zone, { id: newId(), created_on: now, modified_on: now }, input);
}

function overwrite(store: Store, zone: Zone, old: DnsRecord, body: unknown): DnsRecord {
  const input = readRecord(body, zone.name);
  checkNeighbours(input, store.records.named(zone.id, input.name).filter((record) => record.id !== old.id));
  return keep(store, zone, { id: old.id, created_on: old.created_on, modified_on: new Date().toISOString() }, input);
}

function patch(store: Store, zone: Zone, old: DnsRecord, body: unknown): DnsRecord {
  return overwrite(store, zone, old, { ...old, ...(body as object) });
}

function keep(store: Store, zone: Zone, kept: Pick<DnsRecord, "id" | "created_on" | "modified_on">, input: RecordInput): DnsRecord {
  const record: DnsRecord = {
    ...kept,
    ...input,
    proxiable: isProxiable(input.type),
    meta: {},
    ...(input.comment ? { comment_modified_on: kept.modified_on } : {}),
  };
  store.records.put(zone.id, record);
  return record;
}

function recordFor(store: Store, zone: Zone, id: string, url: string): DnsRecord {
  if (!/^[0-9a-f]{32}$/.test(id)) throw noRoute(url);
  const record = store.records.get(zone.id, id);
  if (!record) throw problem(404, 81044, "Record does not exist.");
  return record;
}
