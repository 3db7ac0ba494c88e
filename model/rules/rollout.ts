import { didYouMean } from "../nearest.ts";
import { inHosting, type Draft, type Rule } from "./draft.ts";

/** Names of all hosts; undefined while some customer, or the placement of some tier, is not known. */
function hostNames({ customers, customersComplete, tiers }: Draft): Set<string> | undefined {
  if (!customersComplete || !tiers) return undefined;
  const names = new Set(["shared"]);
  for (const { value, tier } of customers) {
    if (!tier?.placement || value.slug === undefined) return undefined;
    if (value.host !== undefined) names.add(value.host);
    if (tier.placement === "dedicated") names.add(value.slug);
  }
  return names;
}

export const knownRings: Rule = {
  name: "known-rings", severity: "fault",
  says: "Rings of the rollout name tiers and hosts that exist; each ring names something.",
  *check(draft) {
    const { platform: { rollout }, tiers } = draft;
    const hosts = hostNames(draft);
    for (const [index, ring] of (rollout?.rings ?? []).entries()) {
      const path = ["rollout", "rings", index];
      if (ring.tier === undefined && !ring.hosts?.length) yield inHosting(path, "the ring names neither a tier nor hosts", "give `tier` or `hosts`, or remove the ring");
      if (ring.tier !== undefined && tiers && !tiers.has(ring.tier)) {
        yield inHosting([...path, "tier"], `"${ring.tier}" is no tier (${[...tiers.keys()].join(", ")})`, didYouMean(ring.tier, tiers.keys()));
      }
      for (const [at, host] of (ring.hosts ?? []).entries()) {
        if (hosts && !hosts.has(host)) yield inHosting([...path, "hosts", at], `there is no host "${host}"; hosts are the shared ones and the dedicated customers' slugs`, residence(draft, host) ?? didYouMean(host, hosts));
      }
    }
  },
};

/** What to say to one who named a shared customer. */
function residence({ customers }: Draft, slug: string): string | undefined {
  const resident = customers.find(({ value }) => value.slug === slug);
  return resident && `${slug} lives on \`${resident.value.host ?? "shared"}\``;
}

export const distinctRings: Rule = {
  name: "distinct-rings", severity: "fault",
  says: "No tier and no host is named by two rings. (A host named by one ring and its tier by another is in the earlier of them.)",
  *check({ platform: { rollout } }) {
    const seen = new Map<string, number>();
    for (const [index, ring] of (rollout?.rings ?? []).entries()) {
      const path = ["rollout", "rings", index];
      const names = [...(ring.tier === undefined ? [] : [[`tier "${ring.tier}"`, [...path, "tier"]] as const]), ...(ring.hosts ?? []).map((host, at) => [`host "${host}"`, [...path, "hosts", at]] as const)];
      for (const [name, at] of names) {
        const earlier = seen.get(name);
        if (earlier !== undefined) yield inHosting(at, `${name} is in rings[${earlier}] already`, "remove one of the two");
        else seen.set(name, index);
      }
    }
  },
};
