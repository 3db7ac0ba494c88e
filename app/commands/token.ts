import { makeToken } from "../access/tenant-login.ts";
import { OperatorError } from "../errors.ts";
import { knownTenants } from "../tenants/known.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/**
 * Makes an API token for each of the tenants (for all, when none is named) in place of the one of that name, and prints
 * them as JSON: {"acme": "etage_…"}. They are shown here and never again.
 */
export async function token(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const { positionals, values } = argumentsOf(args, "token [SLUG…] [--name NAME] [--role admin|member]",
    { name: { type: "string", default: "operator" }, role: { type: "string", default: "admin" } }, () => true);
  const { name, role } = values;
  if (role !== "admin" && role !== "member") throw new OperatorError(`--role: there is no "${role}". Expected admin or member.`);
  return await withDoors(environment, "token", async (doors) => {
    const tokens: Record<string, string> = {};
    for (const { id, slug } of await knownTenants(doors.platform, positionals)) tokens[slug] = (await makeToken(doors.tenant(id), name, role)).secret;
    console.log(JSON.stringify(tokens));
    return 0;
  });
}
