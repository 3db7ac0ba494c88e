/** Rings of the rollout: what they select exists, and each thing is selected once. */
import { sharedNames } from "../fleet.ts";
import type { Path } from "../faults.ts";
import { didYouMean } from "../nearest.ts";
import type { Rollout } from "../schema.ts";
import { inHosting, type Draft, type Finding, type Rule } from "./draft.ts";

type Ring = Rollout["rings"][number];

/** Names of all hosts; undefined while some customer, or the placement of some tier, is not known. */
export function hostNames({ platform, customers, customersComplete, tiers }: Draft): Set<string> | undefined {
  if (!customersComplete || !tiers) return undefined;
  const names = new Set(sharedNames(platform.sharedHosts ?? 1));
  for (const { value, tier } of customers) {
    if (!tier?.placement || value.slug === undefined) return undefined;
    if (value.host !== undefined) names.add(value.host);
    if (tier.placement === "dedicated") names.add(value.slug);
  }
  return names;
}

export const knownRings: Rule = {
  name: "known-rings", severity: "fault",
  says: "Rings of the rollout select tiers, hosts, customers and labels that exist; each ring selects something.",
  *check(draft) {
    const { platform: { rollout }, tiers } = draft;
    const hosts = hostNames(draft);
    for (const [index, ring] of (rollout?.rings ?? []).entries()) {
      const path = ["rollout", "rings", index];
      if (isEmpty(ring)) yield inHosting(path, "the ring selects nothing", "give `hosts`, `tier`, `customers` or `labels`, or remove the ring");
      if (ring.tier !== undefined && tiers && !tiers.has(ring.tier)) {
        yield inHosting([...path, "tier"], `"${ring.tier}" is no tier (${[...tiers.keys()].join(", ")})`, didYouMean(ring.tier, tiers.keys()));
      }
      for (const [at, host] of (ring.hosts ?? []).entries()) {
        if (hosts && !hosts.has(host)) yield inHosting([...path, "hosts", at], `there is no host "${host}"; hosts are the shared ones and the dedicated customers' slugs`, residence(draft, host) ?? didYouMean(host, hosts));
      }
      for (const [at, slug] of (ring.customers ?? []).entries()) yield* unknownCustomer(draft, [...path, "customers", at], slug);
      yield* unknownLabels(draft, [...path, "labels"], ring.labels ?? {});
    }
  },
};

const isEmpty = ({ hosts, tier, customers, labels }: Ring): boolean => tier === undefined && !hosts?.length && !customers?.length && Object.keys(labels ?? {}).length === 0;

/** What to say to one who named a shared customer. */
function residence({ customers }: Draft, slug: string): string | undefined {
  const resident = customers.find(({ value }) => value.slug === slug);
  return resident && `${slug} lives on \`${resident.value.host ?? "shared"}\``;
}

/** A fault where a customer is named that nobody is. */
export function* unknownCustomer({ customers, customersComplete }: Draft, path: Path, slug: string): Iterable<Finding> {
  const slugs = customers.flatMap(({ value }) => value.slug ?? []);
  if (customersComplete && slugs.length === customers.length && !slugs.includes(slug)) yield inHosting(path, `there is no customer "${slug}"`, didYouMean(slug, slugs));
}

function* unknownLabels({ customers, customersComplete }: Draft, path: Path, wanted: Record<string, string>): Iterable<Finding> {
  const all = customers.flatMap(({ value }) => value.labels ? [value.labels] : []);
  if (!customersComplete || all.length < customers.length) return;
  let unknown = false;
  for (const [key, value] of Object.entries(wanted)) {
    const values = [...new Set(all.flatMap((labels) => labels[key] ?? []))];
    if (values.includes(value)) continue;
    unknown = true;
    const keys = [...new Set(all.flatMap((labels) => Object.keys(labels)))];
    if (values.length > 0) yield inHosting([...path, key], `no customer has ${key}: ${value} (there is ${values.join(", ")})`, didYouMean(value, values));
    else yield { ...inHosting([...path, key], `no customer has a label "${key}"`, didYouMean(key, keys) ?? (keys.length > 0 ? `labels are ${keys.join(", ")}` : "give `labels` to customers in customers.yaml")), at: "key" };
  }
  const pairs = Object.entries(wanted);
  if (!unknown && pairs.length > 1 && !all.some((labels) => pairs.every(([key, value]) => labels[key] === value))) {
    yield inHosting(path, `no customer has ${pairs.map(([key, value]) => `${key}: ${value}`).join(" and ")} together`, "a ring selects customers that have all of its labels; for either of them, make two rings");
  }
}

export const distinctRings: Rule = {
  name: "distinct-rings", severity: "fault",
  says: "No tier, host, customer or set of labels is selected by two rings, and no two rings have one name. (A host that one ring selects by name and another by its tier is in the earlier of them.)",
  *check({ platform: { rollout } }) {
    const seen = new Map<string, number>();
    for (const [index, ring] of (rollout?.rings ?? []).entries()) {
      for (const [what, path] of selections(ring)) {
        const at = ["rollout", "rings", index, ...path];
        const earlier = seen.get(what);
        if (earlier === undefined) seen.set(what, index);
        else if (path[0] === "name") yield inHosting(at, `the ${what} is taken by rings[${earlier}]`, "choose another");
        else yield inHosting(at, `${what} is in rings[${earlier}] already`, "remove one of the two");
      }
    }
  },
};

function selections({ name, tier, hosts = [], customers = [], labels = {} }: Ring): [what: string, path: Path][] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}: ${value}`).sort();
  return [
    ...(name === undefined ? [] : [[`name "${name}"`, ["name"]] as [string, Path]]),
    ...(tier === undefined ? [] : [[`tier "${tier}"`, ["tier"]] as [string, Path]]),
    ...hosts.map((host, at): [string, Path] => [`host "${host}"`, ["hosts", at]]),
    ...customers.map((slug, at): [string, Path] => [`customer "${slug}"`, ["customers", at]]),
    ...(pairs.length === 0 ? [] : [[`what has ${pairs.join(", ")}`, ["labels"]] as [string, Path]]),
  ];
}
