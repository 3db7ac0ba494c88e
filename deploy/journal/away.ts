/** A store that does not answer, in words: where, what, what to do. No password is ever in them. */
import { exitCode, messageOf, UserError } from "../errors.ts";

/**
 * The journal can't be read or written now. A store on the network was given a minute by then, unless it has just been
 * given one already. Nothing new may be begun then; ways back go on without it (journal/lenient.ts).
 */
export class JournalAway extends UserError {
  override name = "JournalAway";
}

interface Trouble { says: string; hint: string }

const REACH = "is the server up, and is ETAGE_STATE right?";

/** What PostgreSQL's own codes mean here (https://www.postgresql.org/docs/current/errcodes-appendix.html), and those of sockets and TLS. */
const BY_CODE: Readonly<Record<string, (where: PostgresPlace, message: string) => Trouble>> = {
  ECONNREFUSED: () => ({ says: "nothing listens there", hint: REACH }),
  ENOTFOUND: ({ host }) => ({ says: `the name ${host} is not known`, hint: REACH }),
  EAI_AGAIN: ({ host }) => ({ says: `the name ${host} can't be looked up just now`, hint: REACH }),
  ENOENT: (_where, message) => ({ says: message, hint: "ETAGE_STATE names a file that is not there" }),
  "28P01": ({ user }) => ({ says: `it does not accept the password of ${user}`, hint: "mend user or password in ETAGE_STATE, or give the password in PGPASSWORD" }),
  "28000": ({ user }, message) => ({ says: `it does not admit ${user}: ${message}`, hint: /no encryption/.test(message) ? "it may want TLS: add ?sslmode=verify-full to ETAGE_STATE" : "see the server's pg_hba.conf" }),
  "3D000": ({ user, database }) => ({ says: `it has no database ${database}`, hint: `there: create database "${database}" owner "${user}"` }),
  "42501": ({ user, database }, message) => ({ says: `${user} may not do that: ${message}`, hint: `there: grant create on database "${database}" to "${user}"; what another user made needs its grants too` }),
  "53300": () => ({ says: "it has no connection left", hint: "raise max_connections there, or end what holds them" }),
  "25006": () => ({ says: "it is read-only, as a standby is", hint: "ETAGE_STATE has to name the primary" }),
  DEPTH_ZERO_SELF_SIGNED_CERT: () => untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: () => untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => untrusted,
};
const untrusted: Trouble = { says: "its certificate is of no authority that is known here", hint: "add sslrootcert=FILE to ETAGE_STATE: the certificate of its authority" };

export interface PostgresPlace {
  /** URL without password and options. */
  shown: string;
  user: string;
  host: string;
  database: string;
  secrets: readonly string[];
}

export function troubleOf(place: PostgresPlace, error: unknown): Trouble {
  const message = place.secrets.reduce((text, secret) => text.replaceAll(secret, "‹secret›"), messageOf(error));
  return BY_CODE[codeOf(error)]?.(place, message) ?? byMessage(message);
}

/** A setting is wrong: exit code 2. */
const USAGE = new Set(["28P01", "28000", "3D000", "42501", "ENOENT"]);

/** `seconds`: how long it was tried; 0: once. */
export function awayFrom(place: PostgresPlace, error: unknown, seconds: number): JournalAway {
  const { says, hint } = troubleOf(place, error);
  const usage = USAGE.has(codeOf(error));
  return new JournalAway(`the journal ${place.shown} ${seconds > 0 ? `has been away for ${Math.round(seconds)} s` : "can't be used"}: ${says}`, { hint, code: usage ? exitCode.usage : exitCode.failed, cause: error });
}

const NO_TLS = /does not support SSL/i;

function byMessage(message: string): Trouble {
  if (/timeout/i.test(message)) return { says: "no answer", hint: "is the server up, and is its port open to you?" };
  if (NO_TLS.test(message)) return { says: "it does not speak TLS", hint: "take sslmode out of ETAGE_STATE, or turn TLS on there" };
  return { says: message || "the connection broke", hint: REACH };
}

const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? "";

const SOCKET = new Set(["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "ETIMEDOUT", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"]);
// Class 08: connection; 57P: shutdown and start; 25006: a standby, in the middle of a failover; 40: lost against another transaction.
const SERVER = /^(08...|57P0[1-3]|53300|25006|40001|40P01)$/;

/** Trouble of the connection or of a server that restarts or fails over: the same may go well in a moment. */
export function passing(error: unknown): boolean {
  if (error instanceof UserError) return false;
  const code = codeOf(error);
  return SOCKET.has(code) || SERVER.test(code) || (code === "" && /timeout|terminated|connection error|was closed/i.test(messageOf(error)));
}

/** Whether the fault lies with the server or with how it is reached, not with what was asked of it. */
export const isAway = (error: unknown): boolean => passing(error) || codeOf(error) in BY_CODE || /^(ERR_TLS|ERR_SSL|CERT_|EPROTO)/.test(codeOf(error)) || NO_TLS.test(messageOf(error));
