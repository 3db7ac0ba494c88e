/** The gate that customers would make: their names by DNS and TLS, whatever stands before the host. */
import { messageOf, UserError } from "../errors.ts";
import type { PublicFault } from "../public.ts";
import type { Job } from "./job.ts";

/** Throws under `must` when a name answers wrongly to the end; otherwise what is wrong is noted, beside the steps that follow. */
export async function passPublicly(job: Job): Promise<void> {
  const { public: policy } = job.fleet.platform.rollout.gate;
  if (policy === "off" || !job.askPublicly) return;
  const asked = faultsOf(job);
  if (policy === "note") {
    job.aside.push(asked.then((faults) => noteAll(job, faults), (error: unknown) => job.note(messageOf(error))));
    return;
  }
  const faults = await asked;
  noteAll(job, faults.filter(({ silent }) => silent));
  const wrong = faults.filter(({ silent }) => !silent);
  if (wrong.length > 0) throw new UserError(`${job.host.name}: ${publicWords(wrong)}`);
}

function noteAll(job: Job, faults: readonly PublicFault[]): void {
  if (faults.length > 0) job.note(publicWords(faults));
}

/** `by DNS and TLS acme.example.com answered 526 instead of 200, and 3 more` */
export const publicWords = ([first, ...more]: readonly PublicFault[]): string =>
  first ? `by DNS and TLS ${first.hostname} ${first.fault}${more.length > 0 ? `, and ${more.length} more` : ""}` : "by DNS and TLS all is well";

/** What is still wrong after a second look: an edge in between may have kept a connection to the old release. */
async function faultsOf(job: Job): Promise<PublicFault[]> {
  const { names } = job.wanted;
  const first = await job.askPublicly!(names);
  if (first.length === 0) return first;
  await job.pause(job.fleet.platform.rollout.gate.intervalSeconds);
  const doubtful = new Set(first.map(({ hostname }) => hostname));
  return job.askPublicly!(names.filter(({ hostname }) => doubtful.has(hostname)));
}
