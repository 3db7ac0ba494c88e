/** Which rollout `resume` goes on with, and what is left of it. Pure but for reading the journal. */
import type { Fleet } from "../../model/fleet.ts";
import { exitCode, Refused, UserError } from "../errors.ts";
import type { Journal, OperationRecord } from "../journal/journal.ts";
import { type Plan, plannedHosts } from "./plan.ts";
import type { Release } from "./release.ts";

/** Verbs whose plan spans the fleet. */
const ROLLOUTS = new Set(["update-all", "resume"]);

export interface Resumable {
  operation: string;
  release: Release;
  onFailure: Plan["onFailure"];
  /** Hosts that it was about, as far as they still exist. */
  only: string[];
}

/** The operation named, else the newest rollout, also one that seems at work: whoever goes on waits for its lock. Throws UserError or Refused when there is nothing to go on with. */
export async function findResumable(journal: Journal, fleet: Pick<Fleet, "host">, id: string | undefined): Promise<Resumable> {
  const newest = id ?? (await journal.newest([...ROLLOUTS]))?.id;
  const record = newest === undefined ? undefined : await journal.operation(newest);
  if (!record) {
    if (id === undefined) throw new UserError("no rollout was begun from here yet", { hint: "deploy update-all VERSION begins one; ETAGE_STATE says where the journal is" });
    throw new UserError(`the journal has no operation ${id}`, { hint: "deploy history lists them", code: exitCode.usage });
  }
  if (!ROLLOUTS.has(record.verb)) throw new UserError(`${record.id} was ${record.verb} ${record.subject}, and no rollout over the fleet`, { hint: `deploy ${record.verb} again brings its host right`, code: exitCode.usage });
  if ((await journal.followers(record.id)).some(({ verb }) => verb === "revert") && savedPlan(record).onFailure === "revert") {
    throw new Refused(`${record.subject} failed, and its hosts were brought back (${record.id})`, `deploy update-all ${record.subject} begins anew`);
  }
  const plan = savedPlan(record);
  const hosts = [...plannedHosts(plan).map(({ host }) => host), ...plan.unchanged, ...plan.waiting.map(({ host }) => host)];
  return { operation: record.id, release: plan.release, onFailure: plan.onFailure, only: hosts.filter((host) => fleet.host(host)) };
}

function savedPlan({ id, plan }: OperationRecord): Plan {
  const saved = plan === null ? undefined : JSON.parse(plan) as Plan;
  if (saved?.format !== 2) throw new UserError(`the journal holds no plan of ${id}`, { hint: "deploy update-all VERSION looks at the hosts themselves" });
  return saved;
}
