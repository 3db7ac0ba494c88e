/** What hosts, stacks and journal say, as `apply` compares it with the files. */
import type { MoveMark } from "../host/moves.ts";
import type { MovePlan } from "../move/plan.ts";
import type { Standing } from "../move/standing.ts";
import type { Action } from "../rollout/judge.ts";
import type { Release } from "../rollout/release.ts";

export type HostFinding =
  /** Pulumi has no stack of it. */
  | { state: "absent" }
  | { state: "silent"; fault: string; hint?: string }
  /** No release runs there. */
  | { state: "empty" }
  | {
    state: "serving";
    release: Release;
    /** What it needs to be as the files say, with the release that is there. */
    action: Action;
    reason: string;
    /** What can be brought up to date without a new container: `customers`, `host names`, `files`. */
    parts: readonly string[];
    /** Slugs that its app does not know, though the files have them there. Asked only when `parts` is not empty. */
    unknown: readonly string[];
    /** Names that its stack was made for. */
    certified: readonly string[];
    moves: readonly MoveMark[];
  };

export interface Found {
  /** By name; hosts that are only being prepared for a move are not among them. */
  hosts: ReadonlyMap<string, HostFinding>;
  /** Of customers who are staged, or whom a host has a note about. */
  standings: ReadonlyMap<string, Standing>;
  /** Customers whose app answers on another host than the files say, by slug. */
  elsewhere: ReadonlyMap<string, string>;
  stacks: ReadonlySet<string>;
  /** The verb of the newest operation about a customer's move, by the journal. */
  newest: ReadonlyMap<string, string>;
  /** Of moves that would begin, by slug. */
  moves: ReadonlyMap<string, MovePlan>;
  /** Why a move could not even be planned, by slug. */
  unplanned: ReadonlyMap<string, { fault: string; hint?: string }>;
  /** Customers who were noted to need credentials, by the journal; absent: none. */
  pending?: ReadonlySet<string>;
  /** For days of erasure; absent: none has come. */
  today?: Date;
}
