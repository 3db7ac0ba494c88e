/** Signing in to a tenant: sessions and API tokens are rows of it. */
import type { TenantDatabase, Scope } from "../database/scope.ts";
import type { Role, Token, User } from "../database/tables.ts";
import { sessionSeconds } from "./credentials.ts";
import { isPassword } from "./password.ts";
import { hashOf, newSecret } from "./secret.ts";

/** Signs a user in; returns the session's secret, or undefined when email and password do not fit. */
export async function signIn(rows: TenantDatabase, email: string, password: string): Promise<string | undefined> {
  const [user] = await rows.list("users", { where: { email } });
  if (!await isPassword(password, user?.passwordHash ?? null)) return undefined;
  const secret = newSecret();
  await rows.insert("tokens", [{ kind: "session", hash: hashOf(secret), role: user!.role, userId: user!.id, expiresAt: new Date(Date.now() + sessionSeconds * 1000) }]);
  return secret;
}

/** Ends all sessions of a user, whose role or password changed. */
export const endSessions = (rows: Scope, user: Pick<User, "id">): Promise<number> => rows.clear("tokens", { userId: user.id });

/** Makes an API token of this name, in place of one there may be; its secret is shown once. */
export async function makeToken(rows: TenantDatabase, name: string, role: Role): Promise<{ token: Token; secret: string }> {
  const secret = newSecret();
  const [token] = await rows.transaction(async (inside) => {
    await inside.clear("tokens", { name });
    return await inside.insert("tokens", [{ kind: "api", name, role, hash: hashOf(secret) }]);
  });
  return { token: token!, secret };
}
