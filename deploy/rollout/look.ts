/** Looks at a host before planning: what it runs, and how customers' names answer. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import { exitCode, UserError } from "../errors.ts";
import { observe, type Observation, parseObservation } from "../host/observe.ts";
import { hostFiles } from "../host/secrets.ts";
import { type Repository, repositoryName } from "../registry/reference.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import { judge } from "./judge.ts";
import { backupAge } from "../backup/state.ts";
import type { Finding } from "./plan.ts";
import type { Release } from "./release.ts";
import { askOutside } from "./steps/gate-outside.ts";
import { type Wanted, wantedOf } from "./wanted.ts";

export interface Look {
  outputs: Outputs;
  wanted: Wanted;
  seen: Observation;
  /** The observation as the host printed it. */
  text: string;
  faults: string[];
  /** The release is known to have no migration that the one that serves has not: the schema is as it should be. */
  schemaStays?: boolean;
}

export interface Sources { repository: Repository; outputs(host: string): Promise<Outputs>; connect(host: string): Promise<Runner> }

/**
 * Two round trips at most; the first needs no release, which may still be being looked up. Throws UserError when the host,
 * its stack or its connection are not there, and what `release` throws.
 */
export async function lookAt(fleet: Fleet, host: Host, release: Release | Promise<Release>, sources: Sources): Promise<Look> {
  const outputs = await sources.outputs(host.name);
  const runner = await sources.connect(host.name);
  const { services, dataPath } = outputs;
  const command = observe({ services, dataPath, files: hostFiles(outputs).map(({ path }) => path), repository: repositoryName(sources.repository) });
  const text = await mustRun(runner, "looking at the host", command, { timeout: 60_000 });
  const wanted = wantedOf(fleet.platform, host, outputs, await release);
  const seen = parseObservation(text, outputs.services);
  // Only a host that already has the release is asked further: the others get a new container anyway.
  const there = judge(seen, wanted).action === "none";
  const faults = there ? (await askOutside({ fleet }, runner, wanted.names, wanted.release.version, 1)).map(({ hostname, fault }) => `${hostname} ${fault}`) : [];
  return { outputs, wanted, seen, text, faults };
}

/** The release that serves, if there is one. */
export function currentOf({ seen, wanted, faults }: Look): { version: string; digest: string } | undefined {
  const { current } = judge(seen, wanted, faults);
  return current && { version: current.release, digest: current.digest };
}

export function findingOf({ seen, wanted, faults }: Look): Finding {
  const { action, reason, current } = judge(seen, wanted, faults);
  const newest = seen.dumps[0];
  return { action, reason, from: current?.release ?? null, backupAge: seen.backup ? backupAge(seen.backup, seen.clock) : newest ? seen.clock - newest.at : null };
}

/** A host that can't be looked at is a finding, not a crash. */
export async function tryLook(look: Promise<Look>): Promise<Look | { fault: string; hint?: string; usage: boolean }> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof UserError) return { fault: error.message, usage: error.code === exitCode.usage, ...(error.hint ? { hint: error.hint } : {}) };
    throw error;
  }
}
