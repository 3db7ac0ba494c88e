/** Takes a customer's entry out of customers.yaml. It goes last: until then the file says what is left to do. */
import { join } from "node:path";
import { readSource } from "../../model/read.ts";
import { planEdit } from "../customers/plan.ts";
import { exclusively, replaceFile } from "../customers/write.ts";
import { UserError } from "../errors.ts";
import type { LifeSession } from "../life/session.ts";

export function forget({ context, slug }: Pick<LifeSession, "context" | "slug">): Promise<string> {
  const { root, signal } = context;
  const path = join(root, "customers.yaml");
  return exclusively(join(root, ".etage", "customers.lock"), signal, () => {
    context.reread();
    if (!context.fleet.customer(slug)) return "the entry is gone already";
    const plan = planEdit(readSource(root, "hosting.yaml"), readSource(root, "customers.yaml"), { do: "remove", slug });
    // A ring of the rollout that names it, for one: a person decides.
    if (plan.faults.length > 0) throw new UserError(`hosting.yaml would not be sound without ${slug} in customers.yaml: ${plan.faults[0]!.message}`, { hint: "mend it, and run it again: only the entry is left" });
    replaceFile(path, plan.after);
    context.reread();
    return "its entry has left customers.yaml";
  });
}
