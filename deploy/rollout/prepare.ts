/** From a command to a plan and its jobs: looks at all hosts at once, then plans. */
import pLimit from "p-limit";
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { newMigrations } from "../release/migrations.ts";
import type { ReleaseRecord } from "../host/release-log.ts";
import { PrintingRunner } from "../remote/printing.ts";
import type { Job } from "./job.ts";
import { forecast } from "./forecast.ts";
import { findingOf, type Look, lookAt, tryLook } from "./look.ts";
import { type Finding, heldBack, type Plan, type PlanOptions, planRollout } from "./plan.ts";
import type { Release } from "./release.ts";

/** Connections that are opened at once. */
const AT_ONCE = 16;

export interface Prepared { plan: Plan; looks: Map<string, Look> }

/** `only`: the hosts that were named; all others are left out without a word. */
export async function prepare(context: Context, release: Release, options: PlanOptions, only?: readonly string[]): Promise<Prepared> {
  const { fleet, journal } = context;
  const looks = new Map<string, Look>();
  const findings = new Map<string, Finding>();
  const limit = pLimit(AT_ONCE);
  const wanted = (host: Host): boolean => !heldBack(host, options) && (only?.includes(host.name) ?? true);
  await Promise.all(fleet.hosts.filter(wanted).map((host) => limit(async () => {
    const look = await tryLook(lookAt(fleet, host, release, context));
    if ("seen" in look) looks.set(host.name, look);
    findings.set(host.name, "seen" in look ? findingOf(look) : look);
  })));
  const from = [...new Set([...looks.values()].map((look) => findingOf(look)).flatMap((finding) => "from" in finding && finding.from ? [finding.from] : []))];
  const { of, asked } = await forecast(context, release, looks);
  for (const [name, guess] of of) Object.assign(findings.get(name)!, guess);
  const migrations = await newMigrations(journal, from, release.version);
  return { plan: planRollout(fleet, release, findings, { ...options, ...(only ? { only } : {}), migrations, asked }), looks };
}

/** Makes the job of one planned host. `dry`: its commands are printed instead of run. */
export function jobMaker(context: Context, { looks }: Prepared, operation: string, verb: ReleaseRecord["verb"], dry: boolean): (host: string) => Promise<Job> {
  const { fleet, report, environment, now, shortId } = context;
  return async (name) => {
    const look = looks.get(name);
    if (!look) throw new Error(`host ${name} was planned without being looked at`);
    const connect = async () => dry
      ? new PrintingRunner(name, (command) => report.event({ type: "command", host: name, step: null, command }))
      : context.connect(name);
    return {
      fleet, host: context.host(name), outputs: look.outputs, wanted: look.wanted, operation, verb,
      actor: { by: environment.operator, machine: environment.machine }, now, shortId,
      pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      note: (message) => report.event({ type: "note", host: name, message }),
      secretFiles: () => context.secretFiles(name), reconnect: connect, runner: await connect(), faults: look.faults, looked: look.text,
      locked: false, switched: false, certificateChanged: false,
    };
  };
}
