/** `capacity` and `advise`: figures that contradict one another. */
import { inHosting, type Rule } from "./draft.ts";

export const sharedCapacity: Rule = {
  name: "shared-capacity", severity: "fault",
  says: "Only a shared tier has `capacity`: a dedicated customer has its host to itself.",
  *check({ tiers }) {
    for (const [name, { placement, capacity }] of tiers ?? []) {
      if (placement === "dedicated" && capacity) yield { ...inHosting(["tiers", name, "capacity"], `\`capacity\` says what a customer of a shared host is counted with, but tier "${name}" is dedicated`, "remove it"), at: "key" };
    }
  },
};

export const adviceBounds: Rule = {
  name: "advice-bounds", severity: "fault",
  says: "`advise.down` lies below `advise.up`, so that nobody is sent up and down in turn.",
  *check({ platform: { advise } }) {
    if (!advise) return;
    for (const key of ["users", "ordersPerMonth", "requestsPerDay"] as const) {
      const [up, down] = [advise.up[key], advise.down[key]];
      if (down !== undefined && down > up) yield inHosting(["advise", "down", key], `${down} is more than advise.up.${key} (${up}): a customer in between should go both ways`, "lower it");
    }
  },
};
