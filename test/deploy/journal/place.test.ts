/** What ETAGE_STATE may be, what is said of a store that does not answer, and that no password is ever in it. */
import { describe, expect, it } from "vitest";
import { awayFrom, isAway, type JournalAway, passing } from "../../../deploy/journal/away.ts";
import { type Place, placeOf } from "../../../deploy/journal/place.ts";

describe("ETAGE_STATE", () => {
  it.each([
    [undefined, { kind: "sqlite", path: "/project/.etage/journal.sqlite", shown: ".etage/journal.sqlite" }],
    ["state.db", { kind: "sqlite", path: "/project/state.db", shown: "state.db" }],
    ["/srv/state.db", { kind: "sqlite", path: "/srv/state.db", shown: "/srv/state.db" }],
    ["postgres://ada:hidden@db.example.com/etage?sslmode=verify-full", { kind: "postgres", shown: "postgres://ada@db.example.com/etage", user: "ada", host: "db.example.com", database: "etage" }],
    ["postgresql://ada:hid%40den@db:6000/etage", { shown: "postgres://ada@db:6000/etage", secrets: ["hid%40den", "hid@den"] }],
    ["postgres://ada@db/etage?password=hidden", { shown: "postgres://ada@db/etage", secrets: ["hidden"] }],
    ["postgres://ada:hid@den@db/etage", { shown: "postgres://ada@db/etage" }],
  ])("%s", (state, place) => {
    expect(placeOf(state, "/project")).toMatchObject(place);
    expect((placeOf(state, "/project") as { shown: string }).shown).not.toContain("hid");
  });

  const form = "ETAGE_STATE is no URL of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE";
  it.each([
    ["mysql://ada:hidden@db/etage", "ETAGE_STATE begins with mysql://, and only paths of SQLite files and postgres://… are known"],
    ["postgres://ada:123#hidden@db/etage", form], ["postgres://ada:12/hidden@db/etage", form], ["postgres://ada:1?hidden@db/etage", form], ["postgres://ada:hid%zz@db/etage", form],
    ["postgres://ada:hidden@db:port/etage", form],
  ])("%s is refused", (state, message) => {
    expect(() => placeOf(state, "/project")).toThrow(expect.objectContaining({ message, code: 2 }));
  });
});

const place = placeOf("postgres://ada:hidden@db.example.com/etage", "/") as Extract<Place, { kind: "postgres" }>;
const fault = (code: string | undefined, message = "") => Object.assign(new Error(message), code === undefined ? {} : { code });

describe("a store that does not answer", () => {
  it.each<[string | undefined, string, string, RegExp, number, boolean]>([
    ["ECONNREFUSED", "connect ECONNREFUSED 10.0.0.1:5432", "nothing listens there", /is the server up/, 1, true],
    ["ENOTFOUND", "getaddrinfo ENOTFOUND db.example.com", "the name db.example.com is not known", /ETAGE_STATE right/, 1, true],
    ["ECONNRESET", "read ECONNRESET", "read ECONNRESET", /is the server up/, 1, true],
    ["EPIPE", "write EPIPE", "write EPIPE", /is the server up/, 1, true],
    [undefined, "timeout exceeded when trying to connect", "no answer", /port open/, 1, true],
    [undefined, "Connection terminated unexpectedly", "Connection terminated unexpectedly", /is the server up/, 1, true],
    ["57P01", "terminating connection due to administrator command", "terminating connection due to administrator command", /is the server up/, 1, true],
    ["25006", "cannot execute INSERT in a read-only transaction", "it is read-only, as a standby is", /primary/, 1, true],
    ["53300", "sorry, too many clients already", "it has no connection left", /max_connections/, 1, true],
    ["28P01", 'password authentication failed for user "ada"', "it does not accept the password of ada", /PGPASSWORD/, 2, false],
    ["28000", 'no pg_hba.conf entry for host "10.0.0.9", user "ada", database "etage", no encryption', "it does not admit ada: no pg_hba.conf entry", /sslmode=verify-full/, 2, false],
    ["28000", 'role "ada" is not permitted to log in', "it does not admit ada: role", /pg_hba/, 2, false],
    ["3D000", 'database "etage" does not exist', "it has no database etage", /create database "etage" owner "ada"/, 2, false],
    ["42501", "permission denied for database etage", "ada may not do that: permission denied for database etage", /grant create on database "etage" to "ada"/, 2, false],
    ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain", "its certificate is of no authority that is known here", /sslrootcert/, 1, false],
    ["ENOENT", "ENOENT: no such file or directory, open '/ca.pem'", "ENOENT: no such file or directory, open '/ca.pem'", /a file that is not there/, 2, false],
    ["CERT_HAS_EXPIRED", "certificate has expired", "certificate has expired", /is the server up/, 1, false],
    [undefined, "The server does not support SSL connections", "it does not speak TLS", /take sslmode out/, 1, false],
  ])("%s %s", (code, message, says, hint, exit, again) => {
    const error = fault(code, message);
    const away = awayFrom(place, error, 0);
    expect(away.message).toContain(`the journal postgres://ada@db.example.com/etage can't be used: ${says}`);
    expect([away.hint, away.code, passing(error), isAway(error)]).toEqual([expect.stringMatching(hint), exit, again, true]);
  });

  it("after its minute is told with how long", () => {
    expect(awayFrom(place, fault("ECONNREFUSED"), 60.4).message).toBe("the journal postgres://ada@db.example.com/etage has been away for 60 s: nothing listens there");
  });

  it("never shows the password, whatever a server or library says", () => {
    expect((awayFrom(place, fault(undefined, "bad startup packet: user=ada password=hidden"), 0) as JournalAway).message).toMatch(/password=‹secret›$/);
  });

  it.each([["23505", "duplicate key"], ["42601", "syntax error"], ["42P01", 'relation "x" does not exist']])("is not what error %s of a statement means", (code, message) => {
    expect([passing(fault(code, message)), isAway(fault(code, message))]).toEqual([false, false]);
  });
});
