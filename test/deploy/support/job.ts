/** One host's update under a scripted runner: what happened, in which order, and how it ended. */
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import type { Journal, StepRecord } from "../../../deploy/journal/journal.ts";
import type { Event, HostOutcome } from "../../../deploy/report/event.ts";
import { parseObservation } from "../../../deploy/host/observe.ts";
import type { Job } from "../../../deploy/rollout/job.ts";
import { fileContents } from "../../../deploy/host/secrets.ts";
import type { Release } from "../../../deploy/rollout/release.ts";
import { updateHost } from "../../../deploy/rollout/update.ts";
import { type Wanted, wantedOf } from "../../../deploy/rollout/wanted.ts";
import { outputsOf, secretsOf, smallFleet, v2 } from "./fleet.ts";
import { type Look, looks } from "./observation.ts";
import { type Rule, ScriptedRunner } from "./scripted.ts";

export interface Scene {
  release?: Release;
  verb?: Job["verb"];
  host?: string;
  look(wanted: Wanted): Look;
  registryConfig?: string;
  /** What serves there is known to have all migrations. */
  schemaStays?: boolean;
  rules?: Rule[];
  /** Rules of the connection after the first one died; none: the host can't be reached again. */
  again?: Rule[];
  /** Asks to stop when this command is run. */
  stopAt?: RegExp;
  /** The journal as this operation sees it; `stop` asks it to stop. */
  journal?: (journal: Journal, stop: AbortController, notes: string[]) => Journal;
  /** What differs from the small platform's rollout. */
  rollout?: object;
  backup?: object;
  refreshBackups?: Job["refreshBackups"];
}

export interface Played { result: HostOutcome; transcript: string[]; inputs: string[]; steps: StepRecord[]; notes: string[]; /** Steps whose lines people get to see. */ told: string[] }

/** What the host is set up by, when the scene lets it back up. */
export const SET_UP = "13 files written";

export const wantedFor = (release: Release, host = "orion", backup?: object): Wanted => {
  const fleet = smallFleet(backup ? { backup } : {});
  return wantedOf(fleet.platform, fleet.host(host)!, outputsOf(host), release);
};

export async function play({ release = v2, verb = "update", host = "orion", look, registryConfig, schemaStays = false, rules = [], again, stopAt, journal: seenAs = (journal) => journal, rollout = {}, backup, refreshBackups = async () => SET_UP }: Scene): Promise<Played> {
  const fleet = smallFleet({ rollout, ...(backup ? { backup } : {}) });
  const wanted = wantedFor(release, host, backup);
  const journal = openSqlite(":memory:");
  await journal.begin({ id: "op", verb, subject: release.version, by: "ada", machine: "laptop", startedAt: "" });
  const notes: string[] = [];
  const told = new Set<string>();
  const stop = new AbortController();
  const runner = new ScriptedRunner(rules);
  const second = new ScriptedRunner(again ?? []);
  const run = runner.run.bind(runner);
  runner.run = async (command, options) => {
    const answer = await run(command, options);
    if (stopAt?.test(runner.transcript.at(-1)!)) stop.abort();
    return answer;
  };
  const job: Job = {
    fleet, host: fleet.host(host)!, outputs: outputsOf(host), wanted, operation: "op", verb, actor: { by: "ada", machine: "laptop" },
    now: () => new Date("2026-05-01T10:00:00Z"), fresh: `app-${release.version}-new`, pause: async () => {}, note: (message) => notes.push(message),
    askPublicly: null, aside: [], schemaStays, refreshBackups,
    registryConfig, secretFiles: async () => fileContents(outputsOf(host), secretsOf),
    reconnect: async () => {
      if (again) return second;
      throw new (await import("../../../deploy/errors.ts")).HostUnreachable("orion does not answer: nothing within 10 s");
    },
    runner, faults: [], looked: looks(look(wanted), host), before: parseObservation(looks(look(wanted), host), outputsOf(host).services), locked: false, switched: false, certificateChanged: false,
  };
  const report = { event: (event: Event) => { if (event.type === "note") notes.push(event.message); if (event.type === "output") told.add(event.step); }, text: () => {}, data: () => {} };
  const result = await updateHost(job, { journal: seenAs(journal, stop, notes), report, signal: stop.signal, wait: 0 });
  return { result, transcript: [...runner.transcript, ...second.transcript].map(short), inputs: runner.inputs, steps: await journal.steps("op"), notes, told: [...told] };
}

/** The first words say which command it was; builders.test.ts holds the rest. */
function short(text: string): string {
  const ran = [...text.matchAll(/sha256:\d+ (migrate|tenants)/g)].map(([, name]) => name);
  if (ran.length > 0) return `run ${ran.join(", ")}`;
  const named = /^(?:sudo -n )?'<([\w-]+)>'(.*)$/.exec(text);
  if (named) return named[1] === "remove" ? `remove${named[2]!.replace(" /var/lib/etage/logs", "").replace(/ && .*/, " && prune")}` : named[1] === "gate-inside" ? `inside ${named[2]!.trim().split(" ")[0]}` : named[1]!;
  const watched = /'<steady>' (\S+) etage 3000 \S+ 200 '' '' (\d+) /.exec(text);
  if (watched) return `watch ${watched[1]} for ${Number(watched[2]) / 1000} s`;
  if (text.startsWith("printf")) return "look";
  if (text.includes("docker pull")) return "pull";
  if (text.includes("docker run --detach")) return `start ${/--name (\S+)/.exec(text)![1]}`;
  const first = /kamal-proxy deploy canary --target (\S+):\S+ (.*?) --tls/.exec(text);
  if (first) return `${text.includes("deploy app") ? "free the names, " : ""}${text.includes("remove canary") ? "withdraw" : "first"} ${first[2]!.replaceAll("--host ", "")} ${text.includes("remove canary") ? "to" : "on"} ${first[1]}`;
  const target = /kamal-proxy deploy app --target (\S+):/.exec(text);
  if (target) return `switch to ${target[1]}${text.includes("remove canary") ? ", end canary" : ""}`;
  return text.replace("docker exec proxy ", "").replace(" -t 35", "").replace(/^docker /, "");
}
