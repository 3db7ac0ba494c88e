/** From a command to a plan and its jobs: looks at all hosts at once, then plans. */
import pLimit from "p-limit";
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { GO_ON, unprotected } from "../backup/protection.ts";
import { newMigrations } from "../release/migrations.ts";
import { forecast } from "./forecast.ts";
import { currentOf, findingOf, type Look, lookAt, tryLook } from "./look.ts";
import { type Finding, heldBack, type Plan, type PlanOptions, planRollout } from "./plan.ts";
import type { Release } from "./release.ts";

/** Connections that are opened at once. */
const AT_ONCE = 16;

export interface Prepared { plan: Plan; looks: Map<string, Look> }

/** The hosts that may be updated now. */
const askedHosts = ({ hosts }: Fleet, options: PlanOptions): Host[] => hosts.filter((host) => !heldBack(host, options) && (options.only?.includes(host.name) ?? true));

/** Looks at the hosts that may be updated, all at once, and already while `wanted` is being looked up. */
export async function prepare(context: Context, wanted: Release | Promise<Release>, options: PlanOptions): Promise<Prepared> {
  const { fleet, facts } = context;
  const looks = new Map<string, Look>();
  const findings = new Map<string, Finding>();
  const limit = pLimit(AT_ONCE);
  const looking = Promise.all(askedHosts(fleet, options).map((host) => limit(async () => {
    const look = await tryLook(lookAt(fleet, host, wanted, context));
    if ("seen" in look) looks.set(host.name, look);
    findings.set(host.name, "seen" in look ? provedFinding(fleet, host, look, options) : look);
  })));
  // Told when it is waited for; a release that does not exist is told at once.
  looking.catch(() => {});
  const release = await wanted;
  // Asked meanwhile; known when it is needed.
  facts(release).catch(() => {});
  await looking;
  const { of, asked } = await forecast(context, release, looks);
  for (const [name, guess] of of) Object.assign(findings.get(name)!, guess);
  const next = (await facts(release)).migrations;
  const current = (await Promise.all([...looks.values()].map(async (look) => {
    const serving = currentOf(look);
    if (!serving) return [];
    const known = (await facts(serving)).migrations;
    look.schemaStays = newMigrations(next, [known])?.length === 0;
    return [known];
  }))).flat();
  const migrations = newMigrations(next, current);
  return { plan: planRollout(fleet, release, findings, { ...options, migrations, asked }), looks };
}

/** A host whose backups nobody has restored lately is not touched, unless somebody answers for it. One that serves nothing yet has nothing to lose. */
function provedFinding({ platform }: Fleet, { name }: Host, look: Look, { proved = false, withoutProof }: PlanOptions): Finding {
  const finding = findingOf(look);
  if (!proved || withoutProof !== undefined || "fault" in finding || finding.action === "none" || finding.from === null) return finding;
  // An update takes a backup first when the newest is too old.
  const fault = unprotected(name, platform, look.seen, null);
  return fault ? { fault: fault.message, hint: `${fault.mend}; ${GO_ON}` } : finding;
}
