/**
 * The login by which the other host reads changes and the flip asks. It lives as long as the move, and its password is
 * nowhere but in a file beside the other database: SQL gets its SCRAM verifier, subscriptions get the file's name.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { type Command, script } from "../../host/command.ts";
import { moveNames } from "./names.ts";
import { ident, literal } from "./quote.ts";
import { type DataMove } from "./tenancy.ts";

const ROUNDS = 4096;

export const newPassword = (): string => randomBytes(24).toString("base64url");

/** As pg_authid stores it (RFC 5803); from it the password cannot be had back. */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ROUNDS, 32, "sha256");
  const key = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest();
  return `SCRAM-SHA-256$${ROUNDS}:${salt.toString("base64")}$${stored.toString("base64")}:${key("Server Key").toString("base64")}`;
}

/** Makes the login, or gives it this password; it may read what moves, past row-level security. Before installGuard, which lets it call its functions. */
export function openAccess({ slug, tables }: DataMove, verifier: string): string {
  const { role } = moveNames(slug);
  const schemas = [...new Set(tables.map(({ schema }) => schema))];
  return `do $etage$ begin
  if not exists (select from pg_roles where rolname = ${literal(role)}) then create role ${ident(role)}; end if;
end $etage$;
alter role ${ident(role)} login replication bypassrls nosuperuser nocreaterole nocreatedb password ${literal(verifier)};
${schemas.map((schema) => `grant usage on schema ${ident(schema)} to ${ident(role)};`).join("\n")}
${tables.map(({ schema, name }) => `grant select on ${ident(schema)}.${ident(name)} to ${ident(role)};`).join("\n")}
`;
}

export const closeAccess = (slug: string): string => {
  const { role } = moveNames(slug);
  return `select pg_terminate_backend(pid) from pg_stat_activity where usename = ${literal(role)} \\g /dev/null
select statement from (values (1, ${literal(`drop owned by ${ident(role)}`)}), (2, ${literal(`drop role ${ident(role)}`)})) s(n, statement) where exists (select from pg_roles where rolname = ${literal(role)}) order by n \\gexec
`;
};

const WRITE = `umask 077; cat >"$1.new" && chown postgres "$1.new" && mv "$1.new" "$1"`;

/** Puts the password for the other side's login beside this side's database. The password comes on standard input. */
export const writePassfile = (container: string, slug: string): Command => ["docker", "exec", "-i", "-u", "root", container, ...script("passfile", WRITE, moveNames(slug).passfile)];
export const passfileLine = (slug: string, password: string): string => `*:*:*:${moveNames(slug).role}:${password}\n`;
export const removePassfile = (container: string, slug: string): Command => ["docker", "exec", "-u", "root", container, "rm", "-f", moveNames(slug).passfile];

/** How this side's container reaches the other's PostgreSQL: the tunnel's end. */
export interface Address { host: string; port: number }

/** For libpq, with no secret in it. Valid in the container that the password file is in. */
export function connectionString(slug: string, { host, port }: Address, database: string): string {
  const { role, passfile } = moveNames(slug);
  const value = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return `host=${value(host)} port=${port} user=${role} dbname=${value(database)} passfile=${passfile} connect_timeout=10 keepalives_idle=10 keepalives_interval=5 keepalives_count=3`;
}
