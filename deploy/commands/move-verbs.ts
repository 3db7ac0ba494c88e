/** The verbs about moving a customer from one host to another. */
import type { Options } from "yargs";
import { type Verb, wait, withoutProof, yes } from "./verb.ts";

const customer = { customer: { type: "string", demandOption: true, describe: "The customer's slug" } } as const;
const where = {
  to: { type: "string", describe: "`dedicated`: a host of its own, which customers.yaml then says; left out when the file says so already. Or a shared host, for a customer who has one of its own" },
  tier: { type: "string", describe: "Which dedicated tier, when hosting.yaml has several" },
  "hold-limit": { type: "number", default: 1000, describe: "Milliseconds that requests may wait in the cutover; then everything is let go where it was" },
  ...withoutProof,
} satisfies Record<string, Options>;
const work = {
  rate: { type: "number", default: 0, describe: "Megabytes a second at most for files, so that other customers keep their share; 0: no limit" },
  watch: { type: "number", default: 30, describe: "Seconds for which the new place is watched at the end" },
  ...wait,
} satisfies Record<string, Options>;
/** How a move is to be done, also where `apply` begins it. */
export const manner = { "hold-limit": where["hold-limit"], ...withoutProof, ...work };
const confirm = { confirm: { type: "string", describe: "The slug once more, instead of typing it when asked" } } as const;

export const moveVerbs: readonly Verb[] = [
  {
    command: "move <customer>",
    summary: "Move a customer to a host of its own while people work there: shows the plan, asks, goes",
    positionals: customer, options: { ...where, ...work, ...yes },
    examples: [["$0 move acme --to dedicated", "Plan, ask, go; the same again goes on after a failure"], ["$0 move plan acme --to dedicated", "Only the plan"], ["$0 move back acme", "Return"]],
    load: async () => (await import("./move.ts")).move,
  },
  {
    command: "move plan <customer>",
    summary: "What would be moved, how, for how long, at what cost, and what stands in the way; changes nothing",
    positionals: customer, options: where,
    examples: [["$0 move plan acme --to dedicated", "In words"], ["$0 move plan acme --to dedicated --json", "For programs"]],
    load: async () => (await import("./move.ts")).movePlan,
  },
  {
    command: "move run <customer>",
    summary: "Begin a move without asking, or go on with one that failed, was stopped or killed",
    positionals: customer, options: { ...where, ...work },
    examples: [["$0 move run acme", "Judges from both hosts what is left to do"]],
    load: async () => (await import("./move.ts")).moveRun,
  },
  {
    command: "move status [customer]",
    summary: "How a move stands, asked from both hosts; without a customer: all moves that left a trace",
    positionals: { customer: { type: "string", describe: "The customer's slug" } },
    examples: [["$0 move status acme", "Who serves, how far replication is, what lies where"], ["$0 move status", "Every host"]],
    load: async () => (await import("./move-status.ts")).moveStatus,
  },
  {
    command: "move abort <customer>",
    summary: "End a move before its cutover: the old host is as it was, what was copied is removed",
    positionals: customer, options: { ...yes, ...wait },
    examples: [["$0 move abort acme", "Asks first"]],
    load: async () => (await import("./move-end.ts")).moveAbort,
  },
  {
    command: "move back <customer>",
    summary: "Return to the host that was left, with everything that happened since; after `finish`, to a shared host, where everything is copied first",
    positionals: customer, options: { to: { type: "string", describe: "After `finish`: the shared host; left out: the first one" }, ...manner, ...yes },
    examples: [["$0 move back acme", "The same hold, the other way round"]],
    load: async () => (await import("./move-end.ts")).moveBack,
  },
  {
    command: "move finish <customer>",
    summary: "Remove the customer's rows and files from the host that was left, after a backup; from then on there is no way back",
    positionals: customer, options: {
      quiet: { type: "number", default: 30, describe: "Seconds for which nobody may have come to the old host any more: clients keep connections from before the change of DNS. They are waited for, ten times as long; 0 breaks them off" },
      ...confirm, ...wait,
    },
    examples: [["$0 move finish acme", "Names counts, asks for the slug"], ["$0 move finish acme --confirm acme", "Without asking"]],
    load: async () => (await import("./move-end.ts")).moveFinish,
  },
];
