import { hashPassword, newPassword } from "../access/password.ts";
import { endSessions } from "../access/tenant-login.ts";
import { putOperator } from "../platform/operators.ts";
import { knownTenant } from "../tenants/known.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/**
 * Makes a tenant's admin, or gives one a new password, and prints {"slug", "email", "password"}. The password is shown
 * here and never again. The tier's number of users does not apply: somebody must be able to come in.
 */
export async function admin(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const [slug, given, name = given] = argumentsOf(args, "admin SLUG EMAIL [NAME]", {}, (count) => count === 2 || count === 3).positionals as [string, string, string?];
  const email = given.toLowerCase();
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  return await withDoors(environment, "admin", async (doors) => {
    const { id } = await knownTenant(doors.platform, slug);
    await doors.tenant(id).transaction(async (rows) => {
      const [user] = await rows.list("users", { where: { email } });
      if (!user) return void await rows.insert("users", [{ email, name, role: "admin", passwordHash }]);
      await rows.update("users", user.id, { role: "admin", passwordHash });
      await endSessions(rows, user);
    });
    console.log(JSON.stringify({ slug, email, password }));
    return 0;
  });
}

/** Makes an operator of the platform, or gives one a new password, and prints {"email", "password"}. */
export async function operator(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const [given, name = given] = argumentsOf(args, "operator EMAIL [NAME]", {}, (count) => count === 1 || count === 2).positionals as [string, string?];
  const email = given.toLowerCase();
  return await withDoors(environment, "operator", async ({ platform }) => {
    console.log(JSON.stringify({ email, password: await putOperator(platform, email, name) }));
    return 0;
  });
}
