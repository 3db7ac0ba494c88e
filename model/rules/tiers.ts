import { didYouMean } from "../nearest.ts";
import { inCustomer, inHosting, type Rule } from "./draft.ts";

const SHARED_HOST = /^shared(-([2-9]|[1-9]\d+))?$/;

export const aSharedTier: Rule = {
  name: "shared-tier", severity: "fault",
  says: "At least one tier has placement `shared`: the host `shared` always exists and takes its machine from the first such tier.",
  *check({ tiers }) {
    if (tiers && ![...tiers.values()].some((tier) => tier.placement === undefined || tier.placement === "shared")) {
      yield inHosting(["tiers"], "no tier has placement `shared`; the host `shared` takes its server type from the first one that has", "add one, see docs/configuration.md");
    }
  },
};

export const knownTier: Rule = {
  name: "known-tier", severity: "fault",
  says: "A customer's tier is one of hosting.yaml.",
  *check({ tiers, customers }) {
    if (!tiers) return;
    const names = [...tiers.keys()];
    for (const customer of customers) {
      const { tier } = customer.value;
      if (tier === undefined || tiers.has(tier)) continue;
      yield inCustomer(customer, ["tier"], `"${tier}" is no tier of hosting.yaml (${names.join(", ")})`, didYouMean(tier, names));
    }
  },
};

/** Why a key does not go with shared placement. */
const DEDICATED_ONLY = {
  phase: "a shared host is always live",
  serverType: "its host serves others too",
  location: "its host serves others too",
  window: "its host is updated for all its customers at once",
} as const;

export const placementKeys: Rule = {
  name: "placement-keys", severity: "fault",
  says: "`phase`, `serverType`, `location` and `window` are for customers of dedicated tiers; `host` names a shared host.",
  *check({ customers }) {
    for (const customer of customers) {
      const { tier, value } = customer;
      for (const key of Object.keys(DEDICATED_ONLY) as (keyof typeof DEDICATED_ONLY)[]) {
        if (tier?.placement !== "shared" || !customer.given(key)) continue;
        const instead = key === "window" ? `set the window of tier \`${value.tier}\` in hosting.yaml` : "remove it, or choose a dedicated tier";
        yield { ...inCustomer(customer, [key], `\`${key}\` is for dedicated customers, but tier "${value.tier}" is shared: ${DEDICATED_ONLY[key]}`, instead), at: "key" };
      }
    }
  },
};

export const sharedHostName: Rule = {
  name: "shared-host-name", severity: "fault",
  says: "Shared hosts are named `shared`, `shared-2`, `shared-3` and so on.",
  *check({ customers }) {
    const used = new Set(["shared", ...customers.map(({ value }) => value.host ?? "").filter((host) => SHARED_HOST.test(host))]);
    for (const customer of customers) {
      const { host } = customer.value;
      if (host === undefined || SHARED_HOST.test(host)) continue;
      yield inCustomer(customer, ["host"], `"${host}" is no name of a shared host; expected \`shared\`, \`shared-2\`, \`shared-3\` …`, didYouMean(host, used));
    }
  },
};
