/** The verbs that bring data back. */
import { host, type Verb, wait, yes } from "./verb.ts";

const customer = { customer: { type: "string", demandOption: true, describe: "The customer's slug" } } as const;

export const restoreVerbs: readonly Verb[] = [
  {
    command: "restore customer <customer>",
    summary: "Take one customer back to a time: first beside the living one, with a comparison; in its place only after a yes",
    positionals: customer,
    options: {
      to: { type: "string", describe: "The time: `10 min`, `2 h`, `2026-05-01 10:00` (this machine's), `2026-05-01T10:00:00Z`; left out: that of the scratch that is there" },
      beside: { type: "boolean", default: false, describe: "Only the scratch and the comparison (also without this word)" },
      "in-place": { type: "boolean", default: false, describe: "Go on: show the comparison, ask, and replace what the customer has now" },
      ...yes, ...wait,
    },
    examples: [
      ["$0 restore customer acme --to '10 min'", "Scratch database, files, comparison; nothing of the customer is touched"],
      ["$0 restore customer acme --in-place", "Replace what it has by what the scratch has; asks first"],
      ["$0 restore drop acme", "Remove the scratch"],
    ],
    load: async () => (await import("./restore-customer.ts")).restoreCustomer,
  },
  {
    command: "restore drop <customer>",
    summary: "End a restore of a customer: removes the scratch database; the customer goes on with what it has",
    positionals: customer, options: { ...yes, ...wait },
    examples: [["$0 restore drop acme", "Asks first"]],
    load: async () => (await import("./restore-customer.ts")).restoreDrop,
  },
  {
    command: "restore host <host>",
    summary: "Rebuild a host whose machine or disk is gone: its stack, its database to the last shipped change, files, release, names",
    positionals: host,
    options: { release: { type: "string", describe: "Instead of the one that it ran" }, ...yes, ...wait },
    examples: [["$0 restore host shared", "Says what it will do, asks, goes; the same again goes on after a failure"]],
    load: async () => (await import("./restore-host.ts")).restoreHost,
  },
];

/** A customer as a file. */
export const transferVerbs: readonly Verb[] = [
  {
    command: "customer export <slug>",
    summary: "Everything that a customer has as a file, as of one moment; the customer goes on",
    positionals: { slug: { type: "string", demandOption: true, describe: "The customer's slug" } },
    options: { out: { type: "string", demandOption: true, describe: "File to make; it must not be there" }, ...wait },
    examples: [["$0 customer export acme --out acme.tar", "An archive as docs/app-contract.md describes it, not encrypted"]],
    load: async () => (await import("./customer-transfer.ts")).customerExport,
  },
  {
    command: "customer import <file>",
    summary: "Bring an archive to a customer that has no data yet; also one from another platform",
    positionals: { file: { type: "string", demandOption: true, describe: "What `customer export` made" } },
    options: { as: { type: "string", demandOption: true, describe: "The customer that gets it; in customers.yaml" }, ...wait },
    examples: [["$0 customer import acme.tar --as acme", "Whole or not at all"]],
    load: async () => (await import("./customer-transfer.ts")).customerImport,
  },
];
