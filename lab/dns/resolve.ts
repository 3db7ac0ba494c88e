/** What the lab's name server knows about a name: RFC 1034 with wildcards as RFC 4592 has them, and Cloudflare's own twists. */
import type { Answer, StringAnswer, SoaAnswer } from "dns-packet";
import { zoneOf, type Store } from "../cloudflare/store.ts";
import type { DnsRecord, Zone } from "../cloudflare/types.ts";
import { toAnswer } from "./answers.ts";

/** TTL of "automatic" and of everything proxied. */
const automaticTtl = 300;
// Cloudflare chases eight aliases and no more.
const longestChain = 8;

export interface Resolution {
  /** REFUSED: no zone of ours. */
  code: "NOERROR" | "NXDOMAIN" | "REFUSED";
  authoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
}

type Found =
  | { kind: "records"; records: DnsRecord[] }
  | { kind: "delegation"; records: DnsRecord[] }
  | { kind: "empty" }
  | { kind: "missing" };

/** Answers `type` for `name` (any case, no final dot). `edge` is the address proxied names lead to. */
export function resolve(store: Store, name: string, type: string, edge: string): Resolution {
  const zone = zoneOf(store, name.toLowerCase());
  if (!zone) return { code: "REFUSED", authoritative: false, answers: [], authorities: [] };
  const answers: Answer[] = [];
  const missing = follow(store, zone, name, type, edge, answers, 0);
  if (missing === "delegation") return { code: "NOERROR", authoritative: false, answers: [], authorities: answers };
  const isEmpty = answers.length === 0 || missing !== undefined;
  return { code: missing ?? "NOERROR", authoritative: true, answers, authorities: isEmpty ? [soa(zone)] : [] };
}

function follow(
  store: Store, zone: Zone, name: string, type: string, edge: string, answers: Answer[], depth: number,
): "NXDOMAIN" | "delegation" | undefined {
  const found = find(store, zone, name.toLowerCase());
  if (found.kind === "missing") return "NXDOMAIN";
  if (found.kind === "delegation") {
    answers.push(...found.records.map((record) => toAnswer(record, record.name, ttlOf(record))));
    return "delegation";
  }
  const isApex = name.toLowerCase() === zone.name;
  if (isApex && type === "SOA") answers.push(soa(zone));
  if (isApex && type === "NS") answers.push(...zone.name_servers.map((data): StringAnswer => ({ name, type: "NS", ttl: 86400, data })));
  if (type === "ANY") {
    // RFC 8482: ANY is answered with a notice instead of everything.
    answers.push({ name, type: "HINFO", ttl: 3789, data: { cpu: "RFC8482", os: "" } } as unknown as Answer);
    return undefined;
  }
  if (found.kind === "empty") return undefined;

  const proxied = found.records.some((record) => record.proxied) && !zone.paused;
  if (proxied) {
    if (type === "A") answers.push({ name, type: "A", ttl: automaticTtl, data: edge });
    if (["A", "AAAA", "CNAME"].includes(type)) return undefined;
  }
  const alias = found.records.find((record) => record.type === "CNAME");
  if (alias && !proxied && type !== "CNAME") {
    const wanted = found.records.filter((record) => record.type === type);
    // Beside an alias at the zone's apex other records may live; Cloudflare flattens it into addresses.
    if (wanted.length === 0 || ["A", "AAAA"].includes(type)) {
      return isApex ? flatten(store, alias, name, type, edge, answers, depth) : chase(store, alias, name, type, edge, answers, depth);
    }
  }
  answers.push(...found.records.filter((record) => record.type === type).map((record) => toAnswer(record, name, ttlOf(record))));
  return undefined;
}

function chase(store: Store, alias: DnsRecord, name: string, type: string, edge: string, answers: Answer[], depth: number) {
  answers.push(toAnswer(alias, name, ttlOf(alias)));
  const zone = zoneOf(store, alias.content);
  // Outside our zones the asking resolver goes on by itself.
  if (!zone || depth >= longestChain) return undefined;
  const missing = follow(store, zone, alias.content, type, edge, answers, depth + 1);
  return missing === "NXDOMAIN" ? missing : undefined;
}

function flatten(store: Store, alias: DnsRecord, name: string, type: string, edge: string, answers: Answer[], depth: number) {
  if (type !== "A" && type !== "AAAA") return undefined;
  const chain: Answer[] = [];
  chase(store, alias, name, type, edge, chain, depth);
  answers.push(...chain.filter((answer) => answer.type === type).map((answer) => ({ ...answer, name }) as Answer));
  return undefined;
}

/** Zone and records a name leads to, proxied or not; no records when it has none or is delegated away. */
export function recordsFor(store: Store, name: string): { zone: Zone; records: DnsRecord[] } | undefined {
  const zone = zoneOf(store, name);
  if (!zone) return undefined;
  const found = find(store, zone, name);
  return { zone, records: found.kind === "records" ? found.records : [] };
}

/** Exact beats wildcard; a name that exists, if only because something lies below it, keeps the wildcard away. */
function find(store: Store, zone: Zone, name: string): Found {
  for (const ancestor of ancestors(name, zone.name)) {
    const cut = store.records.named(zone.id, ancestor).filter((record) => record.type === "NS");
    if (cut.length > 0) return { kind: "delegation", records: cut };
  }
  if (name === zone.name) {
    const records = store.records.named(zone.id, name);
    return records.length > 0 ? { kind: "records", records } : { kind: "empty" };
  }
  const exact = store.records.named(zone.id, name);
  if (exact.length > 0) return { kind: "records", records: exact };
  if (store.records.below(zone.id, name)) return { kind: "empty" };
  const wildcard = store.records.named(zone.id, `*.${closestEncloser(store, zone, name)}`);
  return wildcard.length > 0 ? { kind: "records", records: wildcard } : { kind: "missing" };
}

function closestEncloser(store: Store, zone: Zone, name: string): string {
  let parent = name.slice(name.indexOf(".") + 1);
  while (parent !== zone.name && store.records.named(zone.id, parent).length === 0 && !store.records.below(zone.id, parent))
    parent = parent.slice(parent.indexOf(".") + 1);
  return parent;
}

// From the label below the apex down to the name itself.
function ancestors(name: string, zone: string): string[] {
  if (name === zone) return [];
  const labels = name.slice(0, -zone.length - 1).split(".");
  return labels.map((_, index) => [...labels.slice(index), zone].join(".")).reverse();
}

function soa(zone: Zone): SoaAnswer {
  const serial = Math.floor(Date.parse(zone.created_on) / 1000);
  const data = { mname: zone.name_servers[0]!, rname: "dns.lab.test", serial, refresh: 10000, retry: 2400, expire: 604800, minimum: 1800 };
  return { name: zone.name, type: "SOA", ttl: 1800, data };
}

function ttlOf(record: DnsRecord): number {
  return record.ttl === 1 ? automaticTtl : record.ttl;
}
