/** What the matrix of moves calls wrong: one change to a cell that is right, and the sentence about it. */
import { expect, it } from "vitest";
import { columnOf } from "../../drills/matrix/move/columns.ts";
import { faultsOf, type Host, type Moment, type Seen, stateOf } from "../../drills/matrix/move/judge.ts";
import { rows } from "../../drills/matrix/move/rows.ts";

const clean = (host: string): Host => ({ host, fence: null, objects: [], things: [], marks: [], lock: null, apps: 1, tickets: 0, missing: 0, overdue: 0 });
const busy = (host: string, change: Partial<Host>): Host => ({ ...clean(host), objects: ["schema etage_move_acme"], things: ["link acme", "route acme", "a password file"], tickets: 40, ...change });
const apart: Moment = { phase: "none", serving: "shared", hosts: { shared: { ...clean("shared"), tickets: 40 }, own: clean("acme") } };
const preparing: Moment = { phase: "preparing", serving: "shared", hosts: { shared: busy("shared", { fence: "noting", marks: ["preparing"] }), own: busy("acme", { fence: "closed", marks: ["preparing"] }) } };
const moved: Moment = { phase: "moved", serving: "acme", hosts: { shared: busy("shared", { fence: "left", marks: ["moved"] }), own: busy("acme", { fence: "noting", marks: ["moved"] }) } };
const traffic = { sent: 400, ok: 400, failed: 0, failures: [] as string[], customers: {}, releases: {}, milliseconds: { p50: 1, p99: 2, max: 3 } };
const failing = { ...traffic, failed: 2, failures: ["2 × status 502"] };
const change = (moment: Moment, host: "shared" | "own", with_: Partial<Host>): Moment => ({ ...moment, hosts: { ...moment.hosts, [host]: { ...moment.hosts[host], ...with_ } } });

/** Killed in the middle, and gone on with. */
const ran: Seen = { missed: null, codes: [137, 0], complaint: "", next: "run", wanted: "moved", between: preparing, after: moved, filesSay: "own", flows: [], openEnds: [], customer: traffic, others: traffic, acknowledged: 40, worker: true };
/** Killed in the middle, and given up. */
const aborted: Seen = { ...ran, next: "abort", wanted: "apart", after: apart, filesSay: "shared" };
const finished: Moment = { phase: "none", serving: "acme", hosts: { shared: clean("shared"), own: { ...clean("acme"), tickets: 40 } } };
/** Killed while the host that was left was cleared, and cleared then. */
const ended: Seen = { ...ran, next: "finish", wanted: "finished", between: moved, after: finished };
/** Something in the way, which the run noticed. */
const failed: Partial<Seen> = { codes: [1, 0] };

const cases: [string, string, string, Seen, Partial<Seen>, string[]][] = [
  ["a right one that went on", "kill-9", "files", ran, {}, []],
  ["a right one that was given up", "kill-9", "replicate", aborted, {}, []],
  ["a right one on the way back", "row-there", "files", ran, failed, []],
  ["a right one without a guard yet", "kill-9", "schema", aborted, { between: change(change(preparing, "shared", { fence: null }), "own", { fence: null }) }, []],
  ["nobody struck", "kill-9", "files", ran, { missed: "step files never began" }, ["step files never began"]],
  ["a kill survived", "kill-9", "files", ran, { codes: [0, 0] }, ["the struck run ended with 0 instead of 137"]],
  ["a bug of the tool", "full-disk", "files", ran, { codes: [4, 0] }, ["the struck run ended with 4 instead of 0 or 1"]],
  ["a run for ever", "open-transaction", "schema", ran, { codes: [null, 0] }, ["the struck run had to be killed: it did not end"]],
  ["the next run fails", "kill-9", "files", ran, { codes: [137, 1], complaint: "schema: they differ" }, ["deploy move run came next ended with 1 instead of 0, on the way to moved: schema: they differ"]],
  ["nobody takes writes", "kill-9", "hold", ran, { between: change(preparing, "shared", { fence: "closed" }) }, ["after the struck run no host takes the customer's writes (preparing: closed on shared, closed on acme)"]],
  ["both take writes", "kill-9", "hold", ran, { between: change(preparing, "own", { fence: "open" }) }, ["after the struck run both hosts take the customer's writes (preparing: noting on shared, open on acme)"]],
  ["nobody knows the customer's own host", "kill-9", "watch", ran, { after: change(change(moved, "shared", { fence: null }), "own", { fence: null }) }, ["in the end no host takes the customer's writes (moved: none on shared, none on acme)"]],
  ["status errs", "kill-9", "hold", ran, { between: { ...preparing, serving: "acme" } }, ["after the struck run status says that acme serves, but shared takes the writes"]],
  ["writes lost where it serves", "kill-9", "hold", ran, { after: change(moved, "own", { missing: 3 }) }, ["in the end 3 acknowledged writes are missing on acme, which serves", "in the end 3 acknowledged writes are missing on acme, which is kept current"]],
  ["writes lost where it does not", "kill-9", "hold", ran, { after: change(moved, "shared", { missing: 3 }) }, ["in the end 3 acknowledged writes are missing on shared, which is kept current"]],
  ["not where it should be", "kill-9", "files", ran, { after: preparing, filesSay: "shared" }, ["in the end the move is preparing instead of moved", "in the end customers.yaml has the customer on shared", "in the end shared has a note of a move: preparing", "in the end acme has a note of a move: preparing"]],
  ["a lock left", "kill-9", "files", ran, { after: change(moved, "own", { lock: "ada" }) }, ["in the end acme has a lock: ada"]],
  ["a room left", "kill-9", "files", ran, { after: change(moved, "shared", { things: ["link acme", "a waiting room"] }) }, ["in the end shared has a waiting room"]],
  ["a note left", "kill-9", "replicate", aborted, { after: change(apart, "shared", { marks: ["preparing"] }) }, ["in the end shared has a note of a move: preparing"]],
  ["a slot left", "kill-9", "replicate", aborted, { after: change(apart, "shared", { objects: ["slot etage_move_acme_out"] }) }, ["in the end shared has slot etage_move_acme_out in its database"]],
  ["a link left", "kill-9", "replicate", aborted, { after: change(apart, "own", { things: ["link acme"] }) }, ["in the end acme has link acme"]],
  ["rows left", "kill-9", "replicate", aborted, { after: change(apart, "own", { tickets: 7 }) }, ["in the end acme has 7 of the customer's rows"]],
  ["two releases", "kill-9", "replicate", aborted, { after: change(apart, "own", { apps: 2 }) }, ["in the end acme runs 2 app containers"]],
  ["nothing flows back", "kill-9", "files", ran, { flows: ["back: the subscription or its slot is gone"] }, ["in the end back: the subscription or its slot is gone"]],
  ["an open end", "kill-9", "files", ran, { openEnds: ["operation x has no end"] }, ["at the end: operation x has no end"]],
  ["a failed request", "kill-9", "hold", ran, { customer: failing }, ["2 of 400 requests of the customer failed: 2 × status 502"]],
  ["a right one that was finished", "kill-9", "finish/finish", ended, {}, []],
  ["a right one killed when both hosts had forgotten", "kill-9", "finish/undo", ended, { between: { ...finished, phase: "moved" } }, []],
  ["rows left where it was", "kill-9", "finish/finish", ended, { after: change(finished, "shared", { tickets: 7 }) }, ["in the end shared has 7 of the customer's rows"]],
  ["a link left where it is", "kill-9", "finish/undo", ended, { after: change(finished, "own", { things: ["link acme"] }) }, ["in the end acme has link acme"]],
  ["more removed than the host that was left", "kill-9", "finish/finish", ended, { after: change(finished, "own", { missing: 3 }) }, ["in the end 3 acknowledged writes are missing on acme, which serves"]],
  ["finished, and the files don't know", "kill-9", "finish/finish", ended, { filesSay: "shared" }, ["in the end customers.yaml has the customer on shared"]],
  ["jobs that nobody does where it serves", "kill-9", "files", ran, { after: change(moved, "own", { overdue: 2 }) }, ["in the end 2 of the customer's jobs failed or wait for a worker of acme for minutes"]],
  ["jobs that nobody does where it does not serve", "kill-9", "files", ran, { after: change(moved, "shared", { overdue: 2 }) }, []],
  ["jobs that nobody does where there is no worker", "kill-9", "files", ran, { worker: false, after: change(moved, "own", { overdue: 2 }) }, []],
  ["others notice", "target-dead", "hold", ran, { ...failed, others: failing }, ["2 of 400 requests of others failed: 2 × status 502"]],
  ["its new host is dead before it is there", "target-dead", "files", ran, { ...failed, customer: failing }, ["2 of 400 requests of the customer failed: 2 × status 502"]],
  ["its new host is dead when it may be there", "target-dead", "watch", ran, { ...failed, customer: failing }, []],
  ["the shared host is dead", "source-dead", "files", ran, { ...failed, customer: failing, others: failing }, []],
  ["the shared host is dead on the way back", "target-dead", "back/files", ran, { ...failed, customer: failing, others: failing }, []],
];

it.each(cases)("%s", (_title, row, column, seen, with_, wrong) => expect(faultsOf(rows.find(({ name }) => name === row)!, columnOf(column), { ...seen, ...with_ })).toEqual(wrong));

it.each([["none", "shared", "apart"], ["none", "own", "finished"], ["moved", "own", "moved"], ["moved", "shared", "moved"], ["preparing", "shared", "returned"], ["preparing", "own", undefined], ["between", "own", undefined], ["unknown", "own", undefined]] as const)(
  "%s, by the files on the %s host, is %s", (phase, filesSay, state) => expect(stateOf(phase, filesSay)).toBe(state));
