/**
 * What the flip says to the two databases. "Old" is the side that the customer leaves, "new" the one it goes to; on the way
 * back they are the other way round and the statements are the same, since both sides have the same objects (guard.ts).
 *
 * Each value is text for psql (`-X -q -A -t`), ends with a newline, and prints exactly one line of JSON, or none where
 * it says so. A fault prints nothing on standard output; `\echo :ERROR :SQLSTATE` after it tells. `:mark` stands for an
 * integer that is larger each time (milliseconds since 1970 will do) and has to be put in as text.
 *
 * One flip: `begin` on all sessions. Rehearse: `tick` to old and, at the same moment, `check` to new, until some are calm.
 * Hold: `seal` to old and `settle` to new with the same mark and at the same moment: the marker brings keys and checksums
 * along the replication, so the new side compares by itself and answers once. Then `snapshot` to old's second session. If
 * anything is wrong: `close` to new, then `unseal` to old.
 */
import { ident, literal } from "./quote.ts";
import { moveNames } from "./names.ts";

export interface FlipStatements {
  /** Every session, first. Prints nothing. */
  begin: string;
  /**
   * Either side, before the hold: `{"fence":"open"|"noting"|"closed"|"left","schema":"<md5>","differing":0,"dirty":12,"lag":1024|null,"errors":0}`.
   * `schema` has to be the same on both sides and the same as at the beginning of the move; `differing`: rows that this
   * side found different when it last compared them; `dirty`: changes not compared yet; `lag`: bytes that the other side
   * has not confirmed, null without a slot; `errors`: failed tries of this side's subscription so far.
   * Old has to be "noting", new "closed" or "left".
   */
  ready: string;
  /** Old: `{"mark":17,"keys":12,"left":0}`. Sends a marker with the checksums of what changed since the last; `left`: changes that wait for the next tick. */
  tick: string;
  /**
   * New, with the tick's mark: `{"mark":17,"arrived":true,"keys":12,"differing":0,"waited":0.8,"compared":0.4}` (milliseconds).
   * `differing`: rows not found equal so far; one that changes just now may be among them until the next check.
   * `arrived` false: the marker did not come within the patience; keys and differing are null then.
   * The same pair the other way round (tick to new, check to old) proves the way back; demand it before the hold.
   */
  check: string;
  /**
   * Old: `{"mark":18,"keys":3,"waited":0.2,"milliseconds":1.9}`. Waits for open transactions of the customer (with
   * patience: SQLSTATE 55P03 and nothing is changed), refuses its writes from then on, sends the last marker.
   */
  seal: string;
  /** Old: `{"fence":"noting"}`. Lets the customer write here again; safe at any time, also when nothing was sealed. Cheap: the watchdog runs it too. */
  unseal: string;
  /**
   * New, with the seal's mark: `{"mark":18,"arrived":true,"equal":true,"keys":3,"differing":[],"waited":2.1,"compared":0.4,"snapshot":"00000003-00000002-1"}`.
   * When equal, the new side takes the customer's writes from this moment. `differing`: at most 20 of `{"table","key"}`.
   * The session stays in a transaction that keeps `snapshot`: leave it open for the compare of everything
   * (compare.ts), then `end`.
   */
  settle: string;
  /**
   * Old, when the customer's requests go to the new side for good: `{"fence":"left"}`. From then on `unseal` fails, also a
   * watchdog's that comes too late; a later `settle` on this side opens it again.
   */
  leave: string;
  /** New: `{"fence":"closed"}`. Refuses the customer's writes again. After `settle` in that session: `end` first. */
  close: string;
  /** Old, a session of its own, after the seal: `{"snapshot":"00000004-00000007-1"}`; the session stays in the transaction that keeps it. */
  snapshot: string;
  /** Ends the transaction of `settle` or `snapshot`. Prints nothing. */
  end: string;
}

export interface FlipPatience {
  /** Milliseconds for open transactions of the customer in `seal`. */
  sealMilliseconds: number;
  /** Milliseconds for a marker in `check` and `settle`. */
  markerMilliseconds: number;
}

/** For the customer of this slug; functions in the move's schema (marker.ts) do the work. */
export function flipStatements(slug: string, { sealMilliseconds, markerMilliseconds }: FlipPatience): FlipStatements {
  const { schema } = moveNames(slug);
  const call = (name: string, ...values: (number | string)[]): string => `select ${ident(schema)}.${name}(${values.join(", ")});\n`;
  return {
    // Of statements that go as one message, psql is to print the last one's result only.
    begin: `\\set SHOW_ALL_RESULTS off\nset client_min_messages = error; set application_name = ${literal(schema)}; set default_transaction_isolation = 'read committed'; set synchronous_commit = on;\n`,
    ready: call("ready"),
    tick: call("tick", ":mark"),
    check: call("check_marker", ":mark", markerMilliseconds),
    seal: call("seal", ":mark", sealMilliseconds),
    unseal: call("unseal"),
    // One message to the server: waits outside of the transaction, whose snapshot has to be younger than the marker.
    settle: `select ${ident(schema)}.await_marker(:mark, ${markerMilliseconds}) as waited \\; commit \\; begin isolation level repeatable read \\; select ${ident(schema)}.settle(:mark);\n`,
    leave: call("leave"),
    close: call("close"),
    snapshot: `begin isolation level repeatable read \\; select json_build_object('snapshot', pg_export_snapshot());\n`,
    end: "rollback;\n",
  };
}
