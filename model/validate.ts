/** From two texts to a fleet, or to everything that is wrong with them: parse, shape, rules. */
import type { SourceFile } from "./document.ts";
import { sortFaults, type Fault } from "./faults.ts";
import { fleet, type Fleet } from "./fleet.ts";
import type { Draft } from "./rules/draft.ts";
import { rules } from "./rules/index.ts";
import { customer as customerSchema, customers as customersSchema, hosting as hostingSchema, tier as tierSchema, type Customer, type Hosting, type Tier } from "./schema.ts";
import { shapeFaults, validParts } from "./shape.ts";

export interface Validated {
  /** Only when there are no faults. */
  fleet: Fleet | undefined;
  faults: Fault[];
  warnings: Fault[];
}

export function validate(hostingFile: SourceFile, customersFile: SourceFile): Validated {
  const faults = [...hostingFile.faults, ...customersFile.faults];
  const hosting = hostingSchema.safeParse(hostingFile.data);
  const customers = customersSchema.safeParse(customersFile.data);
  if (!hosting.success && hostingFile.data !== undefined) faults.push(...shapeFaults(hostingFile, hostingSchema, hosting.error.issues));
  if (!customers.success && customersFile.data !== undefined) faults.push(...shapeFaults(customersFile, customersSchema, customers.error.issues));

  const draft = makeDraft(hosting.data ?? hostingFile.data, hosting.success, customersFile.data, customers.data?.customers);
  const warnings: Fault[] = [];
  for (const rule of rules) {
    for (const { file, path, message, suggestion, at } of rule.check(draft)) {
      const source = file === "hosting.yaml" ? hostingFile : customersFile;
      (rule.severity === "fault" ? faults : warnings).push(source.fault(path, { message, suggestion, at, rule: rule.name }));
    }
  }
  return {
    fleet: faults.length === 0 && hosting.success && customers.success ? fleet(hosting.data, customers.data.customers) : undefined,
    faults: sortFaults(faults),
    warnings: sortFaults(warnings),
  };
}

function makeDraft(hostingData: unknown, hostingFits: boolean, customersData: unknown, fitting: Customer[] | undefined): Draft {
  const platform = (hostingFits ? hostingData : validParts(hostingSchema, hostingData)) as Partial<Hosting>;
  const tiers = draftTiers((hostingData as { tiers?: unknown } | undefined)?.tiers, hostingFits);
  const list = (customersData as { customers?: unknown } | undefined)?.customers;
  const customers = (Array.isArray(list) ? list : []).map((written: unknown, index) => {
    const value = fitting?.[index] ?? validParts(customerSchema, written) as Partial<Customer>;
    const given = (key: string) => typeof written === "object" && written !== null && Object.hasOwn(written, key);
    return { index, value, given, tier: value.tier === undefined ? undefined : tiers?.get(value.tier) };
  });
  return { platform, tiers, customers, customersComplete: Array.isArray(list) };
}

function draftTiers(data: unknown, fits: boolean): Draft["tiers"] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  return new Map(Object.entries(data).map(([name, tier]) => [name, (fits ? tier : validParts(tierSchema, tier)) as Partial<Tier>]));
}
