/** Where a rollback goes, by the host's own log, and whether there is a way. */
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { Refused, UserError } from "../errors.ts";
import { sections } from "../host/command.ts";
import { observe, parseObservation, servingApp } from "../host/observe.ts";
import { releaseBefore } from "../host/release-log.ts";
import { parseSections } from "../host/sections.ts";
import { repositoryName } from "../registry/reference.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import { barriers, parseMigrations } from "../release/migrations.ts";
import { type Release, imageOf } from "./release.ts";

/** Throws Refused when a migration in between can't be undone. */
export async function rollbackTarget(context: Context, host: Host, to: string | undefined): Promise<Release> {
  const outputs = await context.outputs(host.name);
  const runner = await context.connect(host.name);
  const command = observe({ services: outputs.services, dataPath: outputs.dataPath, files: [] });
  const seen = parseObservation(await mustRun(runner, "looking at the host", command), outputs.services);
  const current = servingApp(seen);
  if (!current) throw new UserError(`no release runs on ${host.name}, so there is none to go back from`, { hint: `deploy update ${host.name}` });
  const target = to ? seen.releases.findLast(({ version, outcome }) => version === to && outcome === "serving") : releaseBefore(seen.releases, current.release);
  if (!target) {
    const ran = [...new Set(seen.releases.filter(({ outcome }) => outcome === "serving").map(({ version }) => version))];
    throw new UserError(to ? `${host.name} never ran ${to}` : `${host.name} ran nothing before ${current.release}`, { hint: to ? `it ran ${ran.join(", ") || "nothing"}` : `deploy update ${host.name} VERSION brings any release` });
  }
  const repository = repositoryName(context.repository);
  const release = { version: target.version, digest: target.digest, repository };
  await checkWay(runner, host.name, { version: current.release, digest: current.digest, repository }, release);
  return release;
}

/** Asks both images themselves what they bring. */
async function checkWay(runner: Runner, host: string, current: Release, target: Release): Promise<void> {
  const ask = (release: Release): string[] => ["docker", "run", "--rm", "--network", "none", imageOf(release), "migrations"];
  const answers = parseSections(await mustRun(runner, "asking both releases for their migrations", sections(["current", ask(current)], ["target", ask(target)]), { timeout: 900_000 }));
  const [have, want] = ["current", "target"].map((name) => parseMigrations(answers.get(name)?.output ?? ""));
  if (!have || !want) throw new UserError(`${host}: ${have ? target.version : current.version} does not say which migrations it has`, { hint: `deploy update ${host} ${target.version} goes there without asking` });
  const final = barriers(have, want);
  if (final.length > 0) {
    throw new Refused(`${host} can't go back from ${current.version} to ${target.version}: ${final.map(({ name }) => name).join(", ")} can't be undone`,
      `mend ${current.version} with a release after it, or restore a backup`);
  }
}
