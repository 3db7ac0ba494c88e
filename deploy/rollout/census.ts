/** At the end: which release every host runs, by asking the hosts and every customer's name there. */
import pLimit from "p-limit";
import type { Fleet } from "../../model/fleet.ts";
import type { Outputs } from "../../model/outputs.ts";
import { messageOf, UserError } from "../errors.ts";
import { observe, parseObservation, servingApp } from "../host/observe.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import type { HostOutcome, Summary } from "../report/event.ts";
import { count } from "../report/units.ts";
import { askOutside } from "./steps/gate-outside.ts";
import { expectations } from "./wanted.ts";

export interface Census {
  fleet: Fleet;
  outputs(host: string): Promise<Outputs>;
  connect(host: string): Promise<Runner>;
}

const AT_ONCE = 16;

/** Release that a host should run after its outcome; null: none. */
export const expectedRelease = ({ outcome, from, to }: HostOutcome): string | null => outcome === "updated" || outcome === "unchanged" ? to : from;

export async function takeCensus(census: Census, outcomes: readonly HostOutcome[]): Promise<NonNullable<Summary["census"]>> {
  const limit = pLimit(AT_ONCE);
  return Promise.all(outcomes.map((outcome) => limit(async () => {
    try {
      return { host: outcome.host, ...judgeAnswer(expectedRelease(outcome), await ask(census, outcome.host, expectedRelease(outcome))) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { host: outcome.host, release: null, ok: false, detail: messageOf(error).split("\n")[0]!.replace(`${outcome.host} `, "") };
    }
  })));
}

interface Answer { release: string | null; names: number; faults: { hostname: string; fault: string }[] }

/** When all names answer with what is expected, nothing more is to be known; else the host is looked at for what it runs. */
async function ask({ fleet, outputs: read, connect }: Census, name: string, expected: string | null): Promise<Answer> {
  const outputs = await read(name);
  const host = fleet.host(name)!;
  const runner = await connect(name);
  const names = expectations(host, outputs.hostnames);
  if (expected !== null && names.length > 0 && (await askOutside({ fleet }, runner, names, expected, 1)).length === 0) return { release: expected, names: names.length, faults: [] };
  const { services, dataPath } = outputs;
  const seen = parseObservation(await mustRun(runner, "asking what it runs", observe({ services, dataPath, files: [] }), { timeout: 60_000 }), services);
  const app = servingApp(seen);
  if (app?.status !== "running") return { release: null, names: 0, faults: [] };
  return { release: app.release, names: names.length, faults: await askOutside({ fleet }, runner, names, app.release, 1) };
}

/** Pure: an answer as a line of the census. */
export function judgeAnswer(expected: string | null, { release, names, faults }: Answer): { release: string | null; ok: boolean; detail: string } {
  if (release === null) return { release, ok: expected === null, detail: "runs no release" };
  if (faults[0]) return { release, ok: false, detail: `${faults[0].hostname} ${faults[0].fault}${faults.length > 1 ? `, and ${faults.length - 1} more` : ""}` };
  const serves = `serves ${count(names, "name")}`;
  return expected === release ? { release, ok: true, detail: serves } : { release, ok: false, detail: `${serves}, but ${expected ?? "no release"} was expected` };
}
