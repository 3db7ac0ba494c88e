/** What rules look at: everything that has the right shape, also when something beside it has not. */
import type { FileName, Path } from "../faults.ts";
import type { Customer, Hosting, Tier } from "../schema.ts";

export interface Draft {
  /** Keys of hosting.yaml with the right shape, without tiers. */
  platform: Partial<Omit<Hosting, "tiers">>;
  /** By name, also those with faults inside; undefined when `tiers` itself could not be read. */
  tiers: Map<string, Partial<Tier>> | undefined;
  customers: DraftCustomer[];
  /** Whether `customers` is all there is; if not, "nobody has this" must not be concluded. */
  customersComplete: boolean;
}

export interface DraftCustomer {
  /** Position in the list of customers.yaml. */
  index: number;
  value: Partial<Customer>;
  /** Whether a key was written down, as opposed to its default. */
  given(key: keyof Customer): boolean;
  /** Of its tier; undefined when that is unknown. */
  tier: Partial<Tier> | undefined;
}

export interface Finding {
  file: FileName;
  path: Path;
  message: string;
  suggestion?: string | undefined;
  /** Point at the key, where the key is what is wrong. */
  at?: "key";
}

export interface Rule {
  name: string;
  /** A warning does not stop anything. */
  severity: "fault" | "warning";
  /** One sentence for docs/configuration.md. */
  says: string;
  check(draft: Draft): Iterable<Finding>;
}

export const inHosting = (path: Path, message: string, suggestion?: string): Finding => ({ file: "hosting.yaml", path, message, suggestion });

export const inCustomer = (customer: DraftCustomer, path: Path, message: string, suggestion?: string): Finding =>
  ({ file: "customers.yaml", path: ["customers", customer.index, ...path], message, suggestion });

/** How messages call a customer: its slug, else its position. */
export const called = ({ value, index }: DraftCustomer): string => value.slug ?? `customers[${index}]`;
