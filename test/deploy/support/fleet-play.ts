/** A rollout over several dedicated hosts under scripted runners: what was visited when, and how it ended. */
import { JournalAway } from "../../../deploy/journal/away.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import type { Journal, OperationEntry, StepRecord } from "../../../deploy/journal/journal.ts";
import { parseObservation } from "../../../deploy/host/observe.ts";
import { formatProbe } from "../../../deploy/host/gate.ts";
import type { Event, Summary } from "../../../deploy/report/event.ts";
import type { Job } from "../../../deploy/rollout/job.ts";
import { type Finding, planRollout } from "../../../deploy/rollout/plan.ts";
import type { Release } from "../../../deploy/rollout/release.ts";
import { runRollout, type Watched } from "../../../deploy/rollout/run.ts";
import { wantedOf } from "../../../deploy/rollout/wanted.ts";
import { outputsOf, smallFleet, v1, v2 } from "./fleet.ts";
import { looks, serving } from "./observation.ts";
import { ScriptedRunner, type Rule } from "./scripted.ts";

export interface FleetScene {
  hosts: readonly string[];
  rollout?: object;
  /** Hosts whose new release does not get ready. */
  bad?: readonly string[];
  /** Hosts that can't be brought back. */
  stuck?: readonly string[];
  /** Hosts that somebody holds. */
  held?: readonly string[];
  /** Hosts that do badly while they are watched. */
  ill?: readonly string[];
  /** The journal does not answer when the way back begins. */
  unnoted?: boolean;
  /** Asks to stop when this host begins. */
  stopAt?: string;
}

export interface FleetPlayed { summary: Summary; visits: string[]; atOnce: number; baked: string[][]; operations: OperationEntry[]; steps: StepRecord[] }

export async function playFleet({ hosts, rollout = {}, bad = [], stuck = [], held = [], ill = [], unnoted = false, stopAt }: FleetScene): Promise<FleetPlayed> {
  const fleet = smallFleet({ rollout, customers: hosts.map((slug) => ({ slug, name: slug, tier: "dedicated", phase: "live" })) });
  const findings = new Map<string, Finding>(fleet.hosts.map(({ name }) => [name, name === "shared" ? { action: "none", reason: "", from: "v2", backupAge: 60 } : { action: "update", reason: "from v1", from: "v1", backupAge: 60 }]));
  const plan = planRollout(fleet, v2, findings, { at: new Date("2026-05-01T10:00:00Z"), migrations: [] });
  const real = openSqlite(":memory:");
  const journal: Journal = { ...real, begin: async (operation) => {
    if (unnoted && operation.verb === "revert") throw new JournalAway("the journal has been away for 60 s", { hint: "is the server up?" });
    return real.begin(operation);
  } };
  const stop = new AbortController();
  const visits: string[] = [];
  const baked: string[][] = [];
  /** Hosts that do not serve the new release yet. */
  const busy = new Set<string>();
  let atOnce = 0;
  let clock = Date.parse("2026-05-01T10:00:00Z");
  const now = (): Date => new Date(clock += 10);
  await journal.begin({ id: "op", verb: "update-all", subject: "v2", by: "ada", machine: "laptop", startedAt: now().toISOString() });

  const job = (name: string, release: Release, verb: Job["verb"], operation: string): Job => {
    const host = fleet.host(name)!;
    const outputs = { ...outputsOf(name), hostnames: ["example.com", "*.example.com"] };
    const current = wantedOf(fleet.platform, host, outputs, verb === "update" ? v1 : v2);
    const looked = looks(serving(current), name);
    const rules: Rule[] = [
      ...(held.includes(name) ? [{ when: /'<lock>'/, answer: { code: 11, stdout: `held 2 {"by":"bob","machine":"desk","reason":"update to v2","since":"09:00"}` } }] : []),
      ...(verb === "update" ? bad : stuck).includes(name) ? [{ when: /'<gate-inside>'/, answer: { code: 1, stdout: "failed 1\n  3 /health/ready answered 500\nlog:\n" } }, { when: /gate-outside/, answer: { stdout: formatProbe(current.names, current.release.version, 2) } }] : [],
    ];
    const wanted = wantedOf(fleet.platform, host, outputs, release);
    const fresh = `app-${release.version}-new`;
    return {
      fleet, host, outputs, wanted, operation, verb, actor: { by: "ada", machine: "laptop" }, now, pause: async () => {}, note: () => {},
      askPublicly: null, aside: [], refreshBackups: null,
      secretFiles: async () => [], reconnect: async () => new ScriptedRunner(rules), runner: new ScriptedRunner(rules), faults: [], looked,
      before: parseObservation(looked, outputs.services), schemaStays: false, fresh, locked: false, switched: false, certificateChanged: false,
    };
  };

  const event = (event: Event): void => {
    if (event.type === "host-started") {
      visits.push(`${event.action === "revert" ? "revert " : ""}${event.host}`);
      atOnce = Math.max(atOnce, busy.add(event.host).size);
      if (event.host === stopAt) stop.abort();
    }
    if (event.type === "step-ended" && event.step === "steady") busy.delete(event.host);
    if (event.type === "host-ended") busy.delete(event.result.host);
  };
  const summary = await runRollout({
    operation: "op", verb: "update-all", plan, journal, report: { event, text: () => {}, data: () => {} }, signal: stop.signal, wait: 0, now, census: null,
    job: async (name) => job(name, v2, "update", "op"),
    jobBack: async (name, to, operation) => job(name, { ...v1, version: to.release, digest: to.digest }, "rollback", operation),
    bake: async (watched: readonly Watched[]) => {
      baked.push(watched.map(({ host }) => host));
      return watched.filter(({ host }) => ill.includes(host)).map(({ host }) => ({ host, fault: "12 % of 400 answers were errors" }));
    },
  });
  return { summary, visits, atOnce, baked, operations: await journal.operations(10), steps: await journal.steps("op") };
}

export const outcomes = ({ hosts }: Summary): string[] => hosts.filter(({ host }) => host !== "shared").map(({ host, outcome }) => `${host} ${outcome}`);
