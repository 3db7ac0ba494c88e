/** Verbs about customers' data at the end of its life. */
import { dryRun, type Verb, wait, yes } from "./verb.ts";

export const lifeVerbs: readonly Verb[] = [
  {
    command: "erase [customer]",
    summary: "Erase customers whose last day has come, or one: archive, rows, files, backups, server; leaves a certificate. Tells warnings that are due",
    positionals: { customer: { type: "string", describe: "One, by slug; all that share a host and whose `eraseOn` has come when left out" } },
    options: {
      now: { type: "boolean", default: false, describe: "Of one customer: also before its day has come" },
      confirm: { type: "string", describe: "Of one customer: the slug once more, instead of typing it when asked" },
      "dry-run": { ...dryRun["dry-run"], describe: "Show what would be erased, and what stays until when; remove nothing" }, ...yes, ...wait,
    },
    examples: [["$0 erase --dry-run", "Whose data would go today"], ["$0 erase --yes", "From a timer, once a day"], ["$0 erase acme", "One, after its slug was typed"], ["$0 erase acme --now --confirm acme", "At the customer's own wish, before the day"]],
    load: async () => (await import("./erase.ts")).erase,
  },
  {
    command: "usage [customer]",
    summary: "What customers use against their limits, with the trend of past months; asks the hosts",
    positionals: { customer: { type: "string", describe: "One, by slug, month by month; all when left out" } },
    options: { months: { alias: "n", type: "number", default: 6, describe: "How many months back, with the running one" } },
    examples: [["$0 usage", "A row a customer; ! marks who is near a limit, or there before long"], ["$0 usage acme -n 12", "A year of one customer"], ["$0 usage --json", "For programs"]],
    load: async () => (await import("./usage.ts")).usage,
  },
];
