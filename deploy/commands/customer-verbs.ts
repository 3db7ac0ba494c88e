/** The verbs that edit and show customers.yaml. */
import type { Options } from "yargs";
import { lifeVerbs } from "./life-verbs.ts";
import { dryRun as commandsToo, type Verb, wait, yes } from "./verb.ts";

const slug = { slug: { type: "string", demandOption: true, describe: "The customer's short name, as in SLUG.DOMAIN" } } as const;
const dryRun = { "dry-run": { ...commandsToo["dry-run"], describe: "Show what would change; write nothing" } } as const;
const applied = { apply: { type: "boolean", default: false, describe: "Then tell the hosts at once, as `deploy apply` would; a new customer's admin gets credentials" }, ...wait } as const satisfies Record<string, Options>;
const many = (describe: string): Options => ({ type: "string", array: true, describe });

const eraseOn = { "erase-on": { type: "string", describe: "The day (YYYY-MM-DD) from which its data is erased, instead of retention.days from now" } } as const satisfies Record<string, Options>;

const facts = {
  name: { type: "string", describe: "What people call it" },
  email: { type: "string", describe: "Whom to write to" },
  tier: { type: "string", describe: "A tier of hosting.yaml" },
} as const satisfies Record<string, Options>;
const details = {
  domain: many("A custom hostname to add; may be repeated"),
  size: { type: "string", describe: "Server type of a dedicated customer, when not the tier's" },
  location: { type: "string", describe: "Location of a dedicated customer, when not the tier's" },
  host: { type: "string", describe: "Shared host that serves it; the first with room when left out" },
  phase: { type: "string", describe: "Dedicated only: `live` when there is nothing to move" },
  label: many("A word of your own, NAME=VALUE; may be repeated"),
  limit: many("A limit that differs from the tier's, for example users=50; may be repeated"),
} satisfies Record<string, Options>;

const anyway = { anyway: { type: "boolean", default: false, describe: "Also when its shared host gets fuller than `capacity` in hosting.yaml allows" } } as const satisfies Record<string, Options>;

export const customerVerbs: readonly Verb[] = [
  {
    command: "customer add <slug>",
    summary: "Add a customer to customers.yaml; shows the change, checks it, asks",
    positionals: slug,
    options: { name: { ...facts.name, demandOption: true }, email: { ...facts.email, demandOption: true }, tier: { ...facts.tier, demandOption: true }, ...details, ...anyway, ...yes, ...dryRun, ...applied },
    examples: [["$0 customer add acme --name 'Acme Ticaret' --email info@acme.com --tier shared", "Behind the last customer of its tier"], ["$0 customer add acme --name 'Acme Ticaret' --email info@acme.com --tier shared --yes --apply", "And let people in: hosts are told, the admin gets a password"], ["$0 customer add big --name Big --email it@big.com --tier dedicated --size cx33 --domain shop.big.com", "With a host of its own"]],
    load: async () => (await import("./customer-add.ts")).customerAdd,
  },
  {
    command: "customer set <slug>",
    summary: "Change a customer in customers.yaml; an empty text takes a key away",
    positionals: slug,
    options: {
      ...facts, ...details, ...anyway, ...eraseOn,
      "drop-domain": many("A custom hostname to take away"), "drop-label": many("A label to take away, by name"), "drop-limit": many("A limit to take away, so that the tier's holds"), ...yes, ...dryRun, ...applied,
    },
    examples: [["$0 customer set acme --domain shop.acme.com --drop-domain old.acme.com", "Host names"], ["$0 customer set orion --limit users=800 --label region=eu", "More users than the tier has"], ["$0 customer set orion --size ''", "The tier's server type again"]],
    load: async () => (await import("./customer-set.ts")).customerSet,
  },
  {
    command: "customer suspend <slug>",
    summary: "Let nobody work there; data and backups stay",
    positionals: slug, options: { ...eraseOn, keep: { type: "boolean", default: false, describe: "Without a day of erasure: the data stays until somebody says otherwise" }, ...yes, ...dryRun, ...applied },
    examples: [["$0 customer suspend acme", "For example unpaid; its data is kept for retention.days"], ["$0 customer suspend acme --keep", "For as long as it takes"]],
    load: async () => (await import("./customer-status.ts")).customerSuspend,
  },
  {
    command: "customer resume <slug>",
    summary: "Let people work there again; also one who was to leave, until the data is erased",
    positionals: slug, options: { ...yes, ...dryRun, ...applied },
    examples: [["$0 customer resume acme", "Active again"]],
    load: async () => (await import("./customer-status.ts")).customerResume,
  },
  {
    command: "customer remove <slug>",
    summary: "Let a customer go: suspended at once, its data erased after retention.days",
    positionals: slug,
    options: { ...eraseOn, confirm: { type: "string", describe: "The slug once more, instead of typing it when asked" }, ...yes, ...dryRun, ...applied },
    examples: [["$0 customer remove acme", "Asks for the slug once more"], ["$0 customer remove acme --erase-on 2027-01-31 --yes --confirm acme", "Without asking, with a day of its own"]],
    load: async () => (await import("./customer-status.ts")).customerRemove,
  },
  {
    command: "customer credentials <slug>",
    summary: "A new password for the customer's admin (`email`), delivered as `credentials` of hosting.yaml says; ends the sessions of the old one",
    positionals: slug,
    options: { print: { type: "boolean", default: false, describe: "Print it here, whatever hosting.yaml says, also into a pipe" }, ...wait },
    examples: [["$0 customer credentials acme", "When the first ones got lost"], ["$0 customer credentials acme --print", "To read them out"]],
    load: async () => (await import("./customer-credentials.ts")).customerCredentials,
  },
  {
    command: "customer list",
    summary: "All customers: tier, host, names, limits",
    examples: [["$0 customer list", "A table"], ["$0 customer list --json", "For programs"]],
    load: async () => (await import("./customer-list.ts")).customerList,
  },
  {
    command: "customer show <slug>",
    summary: "Everything about one customer, and where each limit comes from",
    positionals: slug,
    examples: [["$0 customer show orion", "Host, names, limits"]],
    load: async () => (await import("./customer-show.ts")).customerShow,
  },
  ...lifeVerbs,
];
