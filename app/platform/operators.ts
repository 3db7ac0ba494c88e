/** The platform's own people (super admins). They see who is hosted and what is used, and have no way to a tenant's rows. */
import { hashPassword, isPassword, newPassword } from "../access/password.ts";
import { hashOf, newSecret } from "../access/secret.ts";
import { sessionSeconds } from "../access/credentials.ts";
import type { Session } from "../database/connect.ts";

export interface Operator { email: string; name: string }

/** Makes an operator, or gives one a new password, which ends its sessions; returns the password. */
export async function putOperator(sql: Session, email: string, name: string): Promise<string> {
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  await sql`
    insert into operators ${sql({ email, name, passwordHash })}
    on conflict (email) do update set name = excluded.name, password_hash = excluded.password_hash`;
  await sql`delete from operator_sessions where email = ${email}`;
  return password;
}

/** Signs an operator in; returns the session's secret, or undefined when email and password do not fit. */
export async function signInOperator(sql: Session, email: string, password: string): Promise<string | undefined> {
  const [operator] = await sql<{ passwordHash: string }[]>`select password_hash from operators where email = ${email}`;
  if (!await isPassword(password, operator?.passwordHash ?? null)) return undefined;
  const secret = newSecret();
  await sql`insert into operator_sessions ${sql({ hash: hashOf(secret), email, expiresAt: new Date(Date.now() + sessionSeconds * 1000) })}`;
  await sql`delete from operator_sessions where expires_at < now()`;
  return secret;
}

export async function findOperator(sql: Session, hash: Buffer): Promise<Operator | undefined> {
  const [operator] = await sql<Operator[]>`select email, name from operator_sessions join operators using (email) where hash = ${hash} and expires_at > now()`;
  return operator;
}

export async function signOutOperator(sql: Session, hash: Buffer): Promise<void> {
  await sql`delete from operator_sessions where hash = ${hash}`;
}
