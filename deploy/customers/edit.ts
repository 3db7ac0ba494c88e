/** One change of customers.yaml as a value, and what it comes to in its data. Pure. */
import { customer } from "../../model/schema.ts";
import type { Value } from "./text/written.ts";

/** Keys with a single text, by the option that sets them. */
export const TEXTS = { name: "name", email: "email", tier: "tier", size: "serverType", location: "location", host: "host", phase: "phase", status: "status", "erase-on": "eraseOn" } as const;
type TextKey = (typeof TEXTS)[keyof typeof TEXTS];

export interface Changes {
  /** null takes the key away, so that the default holds. */
  texts?: Partial<Record<TextKey, string | null>>;
  addHostnames?: readonly string[];
  dropHostnames?: readonly string[];
  labels?: Readonly<Record<string, string | null>>;
  limits?: Readonly<Record<string, number | string | null>>;
  /** Also when its shared host gets fuller by it than `capacity` in hosting.yaml allows. */
  anyway?: boolean;
}

export type Edit =
  | { do: "add"; slug: string; changes: Changes }
  | { do: "set"; slug: string; changes: Changes }
  | { do: "remove"; slug: string };

export type Entry = Readonly<Record<string, Value>>;

/** Keys of a customer, as docs/configuration.md lists them. */
export const ORDER: readonly string[] = Object.keys(customer.shape);

/** The list after the edit. A `set` or `remove` of a slug that is not there changes nothing. */
export function editedList(list: readonly Entry[], edit: Edit): Entry[] {
  if (edit.do === "add") {
    const entry = changed({ slug: edit.slug }, edit.changes);
    return list.toSpliced(placeFor(list, entry) + 1, 0, entry);
  }
  const at = list.findIndex(({ slug }) => slug === edit.slug);
  if (at < 0) return [...list];
  return edit.do === "remove" ? list.toSpliced(at, 1) : list.with(at, changed(list[at]!, edit.changes));
}

/** Behind the last customer of the same tier, since people group them; else at the end. -1: in an empty list. */
export function placeFor(list: readonly Entry[], { tier }: Entry): number {
  const last = list.findLastIndex((other) => other.tier === tier);
  return last < 0 ? list.length - 1 : last;
}

export function changed(entry: Entry, { texts = {}, addHostnames = [], dropHostnames = [], labels, limits }: Changes): Entry {
  const hostnames = [...namesIn(entry.hostnames).filter((name) => !dropHostnames.includes(name) || addHostnames.includes(name))];
  for (const name of addHostnames) if (!hostnames.includes(name)) hostnames.push(name);
  const wanted: Record<string, Value | undefined> = {
    ...entry,
    ...Object.fromEntries(Object.entries(texts).map(([key, value]) => [key, value ?? undefined])),
    ...(addHostnames.length + dropHostnames.length > 0 ? { hostnames: hostnames.length > 0 ? hostnames : undefined } : {}),
    ...(labels ? { labels: merged(entry.labels, labels) } : {}),
    ...(limits ? { limits: merged(entry.limits, limits) } : {}),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as Entry;
}

const namesIn = (value: Value | undefined): readonly string[] => Array.isArray(value) ? value as string[] : [];

function merged(old: Value | undefined, changes: Readonly<Record<string, Value>>): Value | undefined {
  const all = { ...(typeof old === "object" && old !== null ? old as Record<string, Value> : {}), ...changes };
  const left = Object.entries(all).filter(([, value]) => value !== null);
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}
