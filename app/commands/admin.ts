import { text } from "node:stream/consumers";
import { z } from "zod";
import { hashPassword, newPassword } from "../access/password.ts";
import { endSessions } from "../access/tenant-login.ts";
import type { Doors } from "../database/doors.ts";
import { OperatorError } from "../errors.ts";
import { putOperator } from "../platform/operators.ts";
import { knownTenant } from "../tenants/known.ts";
import { argumentsOf } from "./arguments.ts";
import { withDoors } from "./database.ts";

/**
 * Makes a tenant's admin, or gives one a new password, and prints {"slug", "email", "password"}. The password is shown
 * here and never again. The tier's number of users does not apply: somebody must be able to come in.
 */
export async function admin(environment: NodeJS.ProcessEnv, args: string[]): Promise<number> {
  const [slug, email, name] = argumentsOf(args, "admin SLUG EMAIL [NAME]", {}, (count) => count === 2 || count === 3).positionals as [string, string, string?];
  return await withDoors(environment, "admin", async (doors) => {
    console.log(JSON.stringify(await putAdmin(doors, slug, email, name)));
    return 0;
  });
}

const list = z.array(z.object({ slug: z.string(), email: z.string() }));

/** The same for each of [{"slug", "email"}] on standard input, a line each; {"slug", "fault"} for a tenant that there is not. */
export async function admins(environment: NodeJS.ProcessEnv): Promise<number> {
  const { success, data } = list.safeParse(valueOf(await text(process.stdin)));
  if (!success) throw new OperatorError(`Standard input is no list like [{"slug":"acme","email":"info@acme.com"}].`);
  return await withDoors(environment, "admins", async (doors) => {
    for (const { slug, email } of data) console.log(JSON.stringify(await putAdmin(doors, slug, email).catch((error: unknown) => {
      if (!(error instanceof OperatorError)) throw error;
      return { slug, fault: error.message };
    })));
    return 0;
  });
}

function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

async function putAdmin(doors: Doors, slug: string, given: string, name = given): Promise<{ slug: string; email: string; password: string }> {
  const email = given.toLowerCase();
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  const { id } = await knownTenant(doors.platform, slug);
  await doors.tenant(id).transaction(async (rows) => {
    const [user] = await rows.list("users", { where: { email } });
    if (!user) return void await rows.insert("users", [{ email, name, role: "admin", passwordHash }]);
    await rows.update("users", user.id, { role: "admin", passwordHash });
    await endSessions(rows, user);
  });
  return { slug, email, password };
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
