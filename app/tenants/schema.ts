import { z } from "zod";
import { OperatorError } from "../errors.ts";

const hostname = z.string().toLowerCase().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, "expected a full hostname").max(253);
const limit = z.int().positive().max(2_000_000_000).nullish().transform((value) => value ?? null);

/** One customer as the operator's program describes it. Unknown keys are ignored: the program may be newer than this release. */
const tenant = z.object({
  slug: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "expected lower-case letters, digits and inner hyphens").max(63),
  name: z.string().min(1).max(200),
  hostnames: z.array(hostname).default([]),
  status: z.enum(["active", "suspended"]).default("active"),
  limits: z.object({ users: limit, storageMegabytes: limit, apiCallsPerHour: limit, requestsPerMinute: limit, monthlyMegabytes: limit }).prefault({}),
});

export type Tenant = z.output<typeof tenant>;

/** Reads the `tenants` command's input. Throws OperatorError that names every fault. */
export function parseTenants(text: string): Tenant[] {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new OperatorError(`Standard input is not JSON: ${(error as Error).message}. Expected a list like [{"slug":"acme","name":"Acme","hostnames":[],"status":"active","limits":{"users":20}}].`);
  }
  const result = z.array(tenant).safeParse(raw);
  const faults = result.success ? repeated(result.data) : result.error.issues.map((issue) => `[${issue.path.join(".")}]: ${issue.message}`);
  if (faults.length > 0) throw new OperatorError(`The list of tenants does not fit; nothing was changed:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  return result.data!;
}

function repeated(tenants: Tenant[]): string[] {
  const owner = new Map<string, string>();
  return tenants.flatMap(({ slug, hostnames }) => [`slug ${slug}`, ...new Set(hostnames.map((name) => `hostname ${name}`))].flatMap((what) => {
    const other = owner.get(what);
    owner.set(what, slug);
    return other === undefined ? [] : [`${what} is given twice (${other}, ${slug}); expected one owner`];
  }));
}
