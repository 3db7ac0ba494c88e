/** docs/configuration.md as text: tables from the schema, the list of rules, and what no table says. */
import { z } from "zod";
import { CATALOG_DATE } from "./catalog.ts";
import { rules } from "./rules/index.ts";
import { RESERVED } from "./rules/slugs.ts";
import { customers, hosting } from "./schema.ts";
import { descriptionOf, patternText, shapeOf, unwrap } from "./schema-walk.ts";

export function configurationPage(): string {
  return `# Configuration

<!-- Made from model/ by \`node model/generate-schemas.ts\`; edit there. -->

Two files in the project's root say everything: \`hosting.yaml\` what is hosted, \`customers.yaml\` for whom.
\`bin/deploy check\` reports all faults of both at once, each with file, line, column, path and what was expected.
Editors with YAML support complete and check keys through the schema named in the first line of each file.
Both are plain YAML 1.2: no anchors, no tags, no key twice. Unknown keys are faults.

## hosting.yaml

${table(hosting)}

## customers.yaml

${table(customers)}

## Who is served where

- A customer of a tier with placement \`shared\` is served by the host its \`host\` names, else by \`shared\`.
- A customer of a dedicated tier has a host of its own, named after its slug; \`pulumi up -s SLUG\` makes it.
  - \`phase: staged\` (the default): the host exists, but the shared host (\`host\`, else \`shared\`) still serves the customer.
    The new host has no DNS records yet. Both hosts list the customer, so that the move finds its tenant on either side.
  - \`phase: live\`: its own host serves it and DNS says so; the shared host does not know it any more.
- \`sharedHosts: 2\` adds the host \`shared-2\`, and so on; one that a customer names is there as well. \`pulumi up -s shared-2\`
  makes it. Who moved from there to a host of its own keeps \`host: shared-2\` until the move is finished.
- The host \`shared\` takes server type, volume, services and window from the first shared tier in hosting.yaml. A further
  shared host takes them from the first shared tier, in the order of hosting.yaml, that one of its customers is in; without customers, from the first.
- The wildcard DNS record leads to \`shared\`. Customers of \`shared-2\` and so on have records of their own.
- A host in several rings of \`rollout\` belongs to the first that names it; hosts in no ring come last.

## Editing customers.yaml by command

\`bin/deploy customer add\`, \`set\`, \`suspend\`, \`resume\` and \`remove\` edit the file as a careful person would: only lines that
have to change do, comments and order stay, and a new entry is written like its neighbour, behind the last customer of its
tier. Each shows the difference, holds both files to all rules below before it writes, asks (\`--yes\` doesn't), and says
which commands bring the change to the hosts, or with \`--apply\` does it; \`--dry-run\` stops before. A key that is taken away
leaves its comment on a line of its own. \`remove\` wants the slug once more and begins the retention: the entry stays until the
data is erased (docs/customers.md). Two edits at once wait for one another. The file stays the truth: edit it by hand whenever you like.
\`bin/deploy customer list\` and \`show\` tell where each customer is, its hostnames, and whether a limit is the tier's or its own.

## Windows

A window is told by the wall clock of its time zone, in summer and winter. \`from: "23:00", to: "02:00"\` reaches into the
next day; \`days\` are those it opens on. When clocks go forward, a window that begins in the skipped hour opens at the end
of it; when they go back, a window in the repeated hour is open both times. A shared host has the window of its tier; a
dedicated one its customer's, else its tier's.

## Environment of \`deploy\`

What differs from operator to operator, or must not stand in a file.

| variable | meaning | when left out |
|---|---|---|
| \`ETAGE_SSH_KEY\` | private key file to log in to hosts with; also always admitted to new hosts | the agent at \`SSH_AUTH_SOCK\` |
| \`ETAGE_STATE\` | where the journal is: the path of a SQLite file, or \`postgres://USER:PASSWORD@HOST/DATABASE\` for a team | \`.etage/journal.sqlite\` |
| \`ETAGE_OPERATOR\` | who does this, for locks, logs and the journal | the login name |
| \`ETAGE_REGISTRY\` | replaces the registry of \`app.image\` | the image's own |
| \`HCLOUD_TOKEN\`, \`HCLOUD_ENDPOINT\` | Hetzner's API, also asked for prices by \`cost\` and \`advise\` | built-in prices |
| \`ETAGE_RESOLVER\` | DNS server for public checks, \`ADDRESS\` or \`ADDRESS:PORT\` | the system's |

The PostgreSQL user of \`ETAGE_STATE\` needs the right to create in that database; tables are made and brought up to date at
the first use, in a schema \`etage\` of their own. The password may stand in \`PGPASSWORD\` or \`~/.pgpass\` instead; in the URL,
characters other than letters and digits are written as % and their code. \`?sslmode=verify-full\` asks for TLS with a checked
certificate, \`&sslrootcert=FILE\` names its authority.

## Rules

Beyond shape, \`deploy check\` holds the files to these. The name stands at the end of each message. Warnings don't stop
anything. Server types and locations are judged by a table of ${CATALOG_DATE} (\`model/catalog.ts\`), so that no account is needed.

| rule | says |
|---|---|
${rules.map(({ name, severity, says }) => `| \`${name}\`${severity === "warning" ? " (warning)" : ""} | ${cell(says)} |`).join("\n")}

Reserved names: ${[...RESERVED].sort().join(", ")}; also \`shared\` and all that begins with \`shared-\`.
`;
}

function table(schema: z.ZodType): string {
  return ["| key | value | default | meaning |", "|---|---|---|---|", ...rows(schema, "")].join("\n");
}

/** One row a key, depth first; \`tiers.NAME.limits.users\`, \`customers[].slug\`. */
function rows(schema: z.ZodType, prefix: string): string[] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([key, part]) => {
    const path = `${prefix}${key}`;
    const inner = unwrap(part);
    const row = `| \`${path}\` | ${valueText(inner)} | ${defaultText(part)} | ${cell(descriptionOf(part) ?? "")} |`;
    return [row, ...nested(inner, path)];
  });
}

function nested(schema: z.ZodType, path: string): string[] {
  if (schema instanceof z.ZodObject) return rows(schema, `${path}.`);
  if (schema instanceof z.ZodArray && unwrap(schema.element as z.ZodType) instanceof z.ZodObject) return rows(schema.element as z.ZodType, `${path}[].`);
  if (schema instanceof z.ZodRecord && unwrap(schema.valueType as z.ZodType) instanceof z.ZodObject) return rows(schema.valueType as z.ZodType, `${path}.NAME.`);
  return [];
}

function valueText(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${option}\``).join(" or ");
  if (schema instanceof z.ZodArray) {
    const element = unwrap(schema.element as z.ZodType);
    return element instanceof z.ZodEnum ? `list of ${element.options.map((option) => `\`${option}\``).join(", ")}` : element instanceof z.ZodObject ? "list" : element instanceof z.ZodNumber ? "list of numbers" : "list of texts";
  }
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => `\`${String(value)}\``).join(" or ");
  if (schema instanceof z.ZodISODate) return "day, `YYYY-MM-DD`";
  if (schema instanceof z.ZodObject) return "mapping";
  if (schema instanceof z.ZodRecord) return "mapping by name";
  if (schema instanceof z.ZodNumber) return numberText(schema);
  if (schema instanceof z.ZodBoolean) return "`true` or `false`";
  return schema instanceof z.ZodEmail ? "e-mail address" : patternText(schema) ?? "text";
}

function numberText(schema: z.ZodNumber): string {
  const whole = schema.format === "safeint" ? "whole number" : "number";
  const { minValue, maxValue } = schema;
  const from = minValue !== null && Number.isFinite(minValue) && minValue !== Number.MIN_SAFE_INTEGER ? minValue : undefined;
  const to = maxValue !== null && Number.isFinite(maxValue) && maxValue !== Number.MAX_SAFE_INTEGER ? maxValue : undefined;
  if (from !== undefined && to !== undefined) return `${whole}, ${from === 0 && !schema.safeParse(0).success ? "more than 0, at most" : `${from} to`} ${to}`;
  if (from === 0) return schema.safeParse(0).success ? `${whole}, 0 or more` : `${whole}, positive`;
  return from === undefined ? whole : `${whole}, at least ${from}`;
}

function defaultText(schema: z.ZodType): string {
  if (schema instanceof z.ZodOptional) return "";
  if (!schema.safeParse(undefined).success) return "**required**";
  const value = schema.parse(undefined);
  if (value === undefined) return "";
  // A mapping whose keys have defaults of their own tells them there.
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.keys(value).length === 0 ? "`{}`" : "";
  return `\`${JSON.stringify(value)}\``;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
