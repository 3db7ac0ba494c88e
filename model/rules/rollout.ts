/** How careful a rollout is: canary, budget, gates, worker. Rings are in rings.ts. */
import { inHosting, type Rule } from "./draft.ts";
import { hostNames, unknownCustomer } from "./rings.ts";

/** Longer than this, a setting of seconds was hardly meant, or belongs elsewhere. */
const LONG_SECONDS = 300;

export const knownCanary: Rule = {
  name: "known-canary", severity: "fault",
  says: "A canary is a `percent` or `customers`, not both; the customers exist, and a shared host serves them.",
  *check(draft) {
    const canary = draft.platform.rollout?.canary;
    if (!canary) return;
    const path = ["rollout", "canary"];
    const { percent, customers = [] } = canary;
    if (percent === undefined && customers.length === 0) yield inHosting(path, "the canary chooses no customers", "give `percent` or `customers`, or remove it");
    if (percent !== undefined && canary.customers !== undefined) yield inHosting([...path, "percent"], "the canary has `percent` and `customers`", "keep one of the two");
    for (const [index, slug] of customers.entries()) {
      const at = [...path, "customers", index];
      yield* unknownCustomer(draft, at, slug);
      if (customers.indexOf(slug) < index) yield inHosting(at, `${slug} is listed twice`, "remove one");
      const { value, tier } = draft.customers.find(({ value }) => value.slug === slug) ?? {};
      if (tier?.placement === "dedicated" && value?.phase === "live") yield inHosting(at, `${slug} has a host of its own, and nobody to go before there`, "put its host into the first of the `rings` instead");
    }
  },
};

export const canaryHostnames: Rule = {
  name: "canary-hostnames", severity: "warning",
  says: "Only SLUG.DOMAIN of a canary's customers goes to the new release first; their custom hostnames follow with the rest.",
  *check({ platform: { rollout, domain }, customers }) {
    for (const [index, slug] of (rollout?.canary?.customers ?? []).entries()) {
      const { hostnames = [] } = customers.find(({ value }) => value.slug === slug)?.value ?? {};
      if (hostnames.length > 0) yield inHosting(["rollout", "canary", "customers", index], `only ${slug}.${domain ?? "DOMAIN"} goes first: ${slug}'s custom hostnames follow with the rest (${hostnames.join(", ")})`);
    }
  },
};

export const failureBudget: Rule = {
  name: "failure-budget", severity: "fault",
  says: "`onFailure: continue` has `maxFailures` above 0; without, it would stop at the first failure as `halt` does.",
  *check({ platform: { rollout } }) {
    if (rollout?.onFailure === "continue" && Number.parseInt(String(rollout.maxFailures)) === 0) {
      yield inHosting(["rollout", "onFailure"], `\`continue\` needs \`maxFailures\` above 0, but it is ${rollout.maxFailures}`, "for example maxFailures: 2, or 5%");
    }
  },
};

export const meantBudget: Rule = {
  name: "meant-budget", severity: "warning",
  says: "`maxFailures` goes with `continue` or `revert`, and is smaller than the fleet.",
  *check(draft) {
    const { rollout } = draft.platform;
    if (!rollout || Number.parseInt(String(rollout.maxFailures)) === 0) return;
    const { onFailure, maxFailures } = rollout;
    const found = (message: string, suggestion: string) => inHosting(["rollout", "maxFailures"], message, suggestion);
    const hosts = hostNames(draft)?.size;
    if (onFailure === "halt") yield found("`maxFailures` says nothing with `onFailure: halt`, which stops at the first failure", "take `continue` or `revert`, or remove it");
    else if (maxFailures === "100%" || (hosts !== undefined && Number(maxFailures) >= hosts)) {
      yield found(`with maxFailures ${maxFailures}, every host may fail before the run stops`, "for example 5%");
    }
  },
};

export const steadyGate: Rule = {
  name: "steady-gate", severity: "warning",
  says: `\`gate.steadySeconds\` is longer than the pause between two questions, and not over ${LONG_SECONDS} seconds.`,
  *check({ platform: { rollout } }) {
    if (!rollout) return;
    const { steadySeconds, intervalSeconds } = rollout.gate;
    const found = (message: string, suggestion: string) => inHosting(["rollout", "gate", "steadySeconds"], message, suggestion);
    if (steadySeconds === 0) yield found("with 0, a release that dies a second after its first good answers is not noticed", "2 is the default");
    else if (steadySeconds < intervalSeconds) yield found(`${steadySeconds} s is shorter than the ${intervalSeconds} s between two questions, so it is asked once`, `at least ${2 * intervalSeconds}`);
    else if (steadySeconds > LONG_SECONDS) yield found(`every host waits ${steadySeconds} s with both releases in memory`, "to watch for longer, give the ring `bakeSeconds`");
  },
};

export const workerStop: Rule = {
  name: "worker-stop", severity: "warning",
  says: `\`app.worker.stopSeconds\` is not over ${LONG_SECONDS} seconds: each host's update may wait as long.`,
  *check({ platform: { app } }) {
    const stopSeconds = app?.worker?.stopSeconds ?? 0;
    if (stopSeconds > LONG_SECONDS) yield inHosting(["app", "worker", "stopSeconds"], `each host's update may wait ${stopSeconds} s for the worker`, "make jobs shorter, or let them be taken up again");
  },
};
