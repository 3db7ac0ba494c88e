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
];
