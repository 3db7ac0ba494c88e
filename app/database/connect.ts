import postgres from "postgres";
import type { DatabaseSettings } from "../config.ts";
import { OperatorError, reasonOf } from "../errors.ts";

/** Ids are bigint in the database and numbers here; JSON has no bigint, and 2^53 ids are enough for one tenant. */
type Types = { bigint: number };
export type Database = postgres.Sql<Types>;
/** A database or an open transaction on it. */
export type Session = postgres.ISql<Types>;

export interface OpenOptions {
  /** Beside the release, the name under which the server lists the connections. */
  as: string;
  connections: number;
  /** Every statement runs as this role from the first on; absent: as the login, for whom the schema is its own. */
  role?: "app_tenant" | "app_platform";
  /** A statement that takes longer is ended, in milliseconds; 0: never. */
  timeout?: number;
}

/** Opens a pool; connects on first use. Column names are snake_case in SQL and camelCase here. */
export function openDatabase(settings: Pick<DatabaseSettings, "DATABASE_URL" | "RELEASE">, { as, connections, role, timeout = 0 }: OpenOptions): Database {
  return postgres(settings.DATABASE_URL, {
    max: connections,
    connect_timeout: 5,
    transform: postgres.camel,
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    // A process that is killed in the middle of a statement leaves nothing at work, and no lock, in the database.
    connection: { client_connection_check_interval: 5000, application_name: `app ${settings.RELEASE} ${as}`, statement_timeout: timeout, ...(role ? { role } : {}) },
    onnotice: () => {},
  });
}

/** Not yet there, as opposed to there and unwilling (wrong password, no such database). */
const mayCome = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "CONNECT_TIMEOUT", "CONNECTION_CLOSED", "57P03"]);
/** The role is not made yet: `migrate` was not run. */
const noRole = "22023";

/** Waits until the database answers, for DATABASE_WAIT_SECONDS at most; `say` hears the first failed try. Throws OperatorError. */
export async function waitForDatabase(database: Database, settings: DatabaseSettings, say: (message: string) => void): Promise<void> {
  const where = addressOf(settings.DATABASE_URL);
  const deadline = Date.now() + settings.DATABASE_WAIT_SECONDS * 1000;
  for (let tries = 1; ; tries += 1) {
    try {
      await database`select 1`.catch((error) => {
        if (codeOf(error) !== noRole) throw error;
      });
      if (tries > 1) say(`The database at ${where} answers now`);
      return;
    } catch (error) {
      const reason = reasonOf(error);
      if (!mayCome.has(codeOf(error))) throw new OperatorError(`The database at ${where} refuses: ${reason}. Check DATABASE_URL.`);
      if (Date.now() >= deadline) throw new OperatorError(`The database at ${where} did not answer within ${settings.DATABASE_WAIT_SECONDS} s: ${reason}. Check that PostgreSQL runs and that DATABASE_URL is right.`);
      if (tries === 1) say(`Waiting up to ${settings.DATABASE_WAIT_SECONDS} s for the database at ${where}: ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return String((error as { code?: unknown }).code ?? "");
}

/** Host and port without user and password. */
function addressOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "DATABASE_URL";
  }
}

/** The schema is behind this release: a role, table, column or right is missing. */
export const behind = (error: unknown): boolean => [noRole, "42P01", "42703", "42501"].includes(codeOf(error));

/** Away, going away or behind this release's schema: worth another try, as opposed to a fault of the statement. */
export function unavailable(error: unknown): boolean {
  const code = codeOf(error);
  return behind(error) || mayCome.has(code) || ["CONNECTION_ENDED", "CONNECTION_DESTROYED", "EPIPE", "57P01", "57P02", "57014", "53300"].includes(code);
}
