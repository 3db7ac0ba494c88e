/** What a move writes into customers.yaml. */
import { join } from "node:path";
import { ModelError, readSource } from "../../model/read.ts";
import type { Changes } from "../customers/edit.ts";
import { planEdit } from "../customers/plan.ts";
import { exclusively, replaceFile } from "../customers/write.ts";

/** Resolves with the changed lines; "" when the file says it already. @throws ModelError, and nothing is written, when the files would not be sound. */
export async function setCustomer(root: string, slug: string, texts: NonNullable<Changes["texts"]>, signal: AbortSignal): Promise<string> {
  return exclusively(join(root, ".etage", "customers.lock"), signal, () => {
    const { before, after, diff, faults } = planEdit(readSource(root, "hosting.yaml"), readSource(root, "customers.yaml"), { do: "set", slug, changes: { texts } });
    if (before === after) return "";
    if (faults.length > 0) throw new ModelError(faults);
    replaceFile(join(root, "customers.yaml"), after);
    return diff;
  });
}
