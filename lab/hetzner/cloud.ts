/** What every resource of the emulator works with, and the checks they share. */
import type { Lab } from "../context.ts";
import type { Faults } from "../faults/faults.ts";
import type { Machines } from "../machines/types.ts";
import type { Actions } from "./actions.ts";
import { ApiError, notFound } from "./errors.ts";
import type { Kind, Kinds } from "./records.ts";
import type { Store } from "./store.ts";

export interface Cloud {
  lab: Lab;
  machines: Machines;
  store: Store;
  actions: Actions;
  faults: Pick<Faults, "takeFault" | "placementFails">;
  /** Makes a private network's real part once; later calls wait for the first. */
  networkReady: (network: number) => Promise<void>;
}

const words: Partial<Record<Kind, string>> = { ssh_key: "SSH key", primary_ip: "primary IP", placement_group: "placement group" };
const wordOf = (kind: Kind) => words[kind] ?? kind;

/** The record, or 404. */
export function need<K extends Kind>(cloud: Cloud, kind: K, id: number): Kinds[K] {
  const record = cloud.store.find(kind, id);
  if (!record) throw notFound(wordOf(kind), id);
  return record;
}

type NamedKind = Exclude<Kind, "grave" | "action">;

/** 409 when another record of this kind has the name. */
export function checkUnique(cloud: Cloud, kind: NamedKind, name: string, self?: number): void {
  if (!cloud.store.all(kind).some((record) => record.name === name && record.id !== self)) return;
  const prefix = kind === "server" ? "server " : kind === "ssh_key" ? "SSH key " : "";
  throw new ApiError("uniqueness_error", `${prefix}name is already used`, { fields: [{ name: "name" }] });
}

/** 423 while work on the resource is under way. */
export function checkUnlocked(cloud: Cloud, kind: "server" | "volume", id: number): void {
  if (cloud.actions.busy(kind, id)) throw new ApiError("locked", `${kind} is locked`);
}

/** 423 when the resource is protected against `what`. */
export function checkUnprotected(isProtected: boolean, what: string): void {
  if (isProtected) throw new ApiError("protected", `${what} is protected`);
}

/** PUT on a named resource: name, labels, or both. */
export function changeNamed<K extends NamedKind>(cloud: Cloud, kind: K, id: number, change: { name?: string | null; labels?: Record<string, string> | null }): Kinds[K] {
  const record = need(cloud, kind, id);
  if (typeof change.name === "string") checkUnique(cloud, kind, change.name, id);
  const fields = { ...(change.name != null && { name: change.name }), ...(change.labels != null && { labels: change.labels }) };
  return cloud.store.change(kind, id, fields as Partial<Omit<Kinds[K], "id">>) ?? record;
}
