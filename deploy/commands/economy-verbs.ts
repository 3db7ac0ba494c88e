/** The verbs about room and money. */
import type { Verb } from "./verb.ts";

const offline = { offline: { type: "boolean", default: false, describe: "Go by the files alone; ask no host" } } as const;

export const economyVerbs: readonly Verb[] = [
  {
    command: "capacity",
    summary: "How full each shared host is and how many more customers fit, with the formula; asks the hosts",
    options: { ...offline },
    examples: [["$0 capacity", "Memory, cores and disk: what is there, promised, measured, free"], ["$0 capacity --offline", "Only what the files promise"], ["$0 capacity --json", "For programs"]],
    load: async () => (await import("./capacity.ts")).capacity,
  },
  {
    command: "cost",
    summary: "What hosting costs and brings a month, by tier, host and customer, with the prices of now; where one tier becomes cheaper than another",
    options: {
      by: { choices: ["tier", "host", "customer"], array: true, describe: "Which tables; tier and host when left out. --json has all" },
      svg: { type: "string", describe: "Also draw it, into this file" },
      offline: { ...offline.offline, describe: "Reckon with the built-in prices; don't ask Hetzner" },
    },
    examples: [["$0 cost", "Tiers and hosts"], ["$0 cost --by customer", "Every customer with its share and what it leaves"], ["$0 cost --svg cost.svg", "A chart for a report"]],
    load: async () => (await import("./cost.ts")).cost,
  },
  {
    command: "advise",
    summary: "Who should move up or down and why, by what was used this month and the last, with the cost before and after; asks the hosts",
    options: { offline: { ...offline.offline, describe: "Reckon with the built-in prices; don't ask Hetzner" } },
    examples: [["$0 advise", "Thresholds stand under `advise` in hosting.yaml"], ["$0 advise --json", "For programs, with what everybody named uses"]],
    load: async () => (await import("./advise.ts")).advise,
  },
];
