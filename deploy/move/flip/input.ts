/** What the flip is told and what it tells. The flip is the hold of a move: one program on the host that is left (program.ts). */
import type { FlipStatements } from "../data/flip-statements.ts";

export interface FlipInput {
  slug: string;
  /** Whose flip this is: an operation's id. What came of it can be asked for by it, should the connection get lost. */
  attempt: string;
  /** `rehearse` does everything but hold anybody; `flip` rehearses and then holds. */
  mode: "rehearse" | "flip";
  statements: FlipStatements;
  /** The database that is left, reached in its container on this host. */
  old: { container: string; user: string; database: string };
  /** The one gone to: libpq's connection string, as seen from that container, through the link. Its password is in the passfile that it names. */
  next: { conninfo: string };
  /** The customer's route; every target is `name:port` as this host's proxy resolves it. */
  route: {
    /** moveService(slug) */
    service: string;
    hosts: readonly string[];
    /** The app container that serves now. */
    old: string;
    /** The other host's app, through the link. */
    next: string;
    /** ROOM_TARGET */
    room: string;
    healthPath: string;
    /** The app's streams (service: streamsService(slug); paths: `/events`): never end, so nobody waits for them; new ones go to the new host from the hold's end on, the app ends the others. Null when it has none. */
    streams: { service: string; paths: readonly string[] } | null;
    forwardHeaders: boolean;
    tls: { certificate: string; key: string };
  };
  /** Container names. */
  proxy: string;
  room: string;
  /** Milliseconds that a hold may last; then everything goes back. */
  limitMilliseconds: number;
  /** Rounds of the rehearsal at least, and at most; the last `calm` of them have to agree and be quick. */
  rehearsal: { least: number; most: number; calm: number; calmMilliseconds: number; pauseMilliseconds: number };
  /** Where the customer's files lie and go to; null: it has none. */
  files: FlipFiles | null;
  /** Seconds for which both databases' snapshots of the cutover stay open, for the compare of everything. 0: not at all. */
  keepSnapshotsSeconds: number;
}

export interface FlipFiles {
  /** Of uploads on this host. */
  root: string;
  /** The customer's, below it. */
  folders: readonly string[];
  /** copyFiles: a last pass of everything, when the watch on changes has begun. */
  pass: readonly string[];
  /** ssh and its arguments, which start the receiver on the other host. */
  receiver: readonly string[];
}

/** Milliseconds. `files`, `open` (the room is pointed at the new host) and `checked` overlap with others. */
export type FlipPart = "drain" | "seal" | "settle" | "files" | "open" | "resume";
export type FlipParts = Partial<Record<FlipPart, number>>;

/** Medians and worst of the rehearsal, milliseconds. */
export interface RehearsalFigures { rounds: number; calm: number; tick: Figures; check: Figures; proxy: Figures; /** The way back: a marker from the new side to the old. */ back: Figures }
export interface Figures { median: number; worst: number }

export type FlipVerdict =
  /** Nobody was held. `reason`: what was not calm or not equal; null when a flip could begin. */
  | { verdict: "rehearsed"; attempt: string; reason: string | null; figures: RehearsalFigures | null }
  /** The customer is on the new host. `snapshots`: of both databases as of the cutover, open for `keepSnapshotsSeconds`. */
  | { verdict: "moved"; attempt: string; milliseconds: number; parts: FlipParts; keys: number; files: number; at: string; snapshots: { old: string; next: string } | null; figures: RehearsalFigures | null; by: "flip" | "watchdog" }
  /** Requests were held and let go on the old host; it is as it was before. */
  | { verdict: "returned"; attempt: string; milliseconds: number; parts: FlipParts; reason: string; by: "flip" | "watchdog" }
  /** Nobody was held: before the hold something was in the way. */
  | { verdict: "refused"; attempt: string; reason: string };

/** A line of the program: how far it is, or in the end its verdict. */
export type FlipLine = { at: number; part: string; detail?: Record<string, unknown> } | FlipVerdict;
