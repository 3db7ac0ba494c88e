/** Looks at a host for `apply`: what it serves, and what it lacks to be as the files say with the same release. Changes nothing. */
import type { Host } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { parseProbe, probe, probeInput } from "../host/gate.ts";
import { observe, parseObservation, servingApp } from "../host/observe.ts";
import { hostFiles } from "../host/secrets.ts";
import { repositoryName } from "../registry/reference.ts";
import { mustRun } from "../remote/runner.ts";
import { judge, staleParts } from "../rollout/judge.ts";
import { wantedOf } from "../rollout/wanted.ts";
import type { HostFinding } from "./finding.ts";

/** What a host does is a finding; only a bug is thrown. */
export async function lookFor(context: Context, host: Host): Promise<Exclude<HostFinding, { state: "absent" }>> {
  try {
    return await look(context, host);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { state: "silent", fault: error.message.split("\n")[0]!, ...(error.hint ? { hint: error.hint } : {}) };
  }
}

async function look(context: Context, host: Host): Promise<Exclude<HostFinding, { state: "absent" }>> {
  const { fleet: { platform } } = context;
  const outputs = await context.outputs(host.name);
  const { services, dataPath, hostnames: certified } = outputs;
  const runner = await context.connect(host.name);
  const seen = parseObservation(await mustRun(runner, "looking at the host", observe({ services, dataPath, files: hostFiles(outputs).map(({ path }) => path) }), { timeout: 60_000 }), services);
  const app = seen.route ? servingApp(seen) : seen.apps[0];
  if (!app) return { state: "empty" };
  const release = { version: app.release, digest: app.digest, repository: repositoryName(context.repository) };
  const wanted = wantedOf(platform, host, outputs, release);
  const { action, reason } = judge(seen, wanted);
  const parts = action === "refresh" ? staleParts(seen, wanted) : [];
  const slugs = parts.includes("customers") ? host.customers.map(({ slug }) => slug) : [];
  const known = await knownAt(context, host, slugs);
  return { state: "serving", release, action, reason, parts, unknown: slugs.filter((slug) => !known.has(slug)), certified, moves: seen.moves };
}

/** Those of the customers whom a host's app answers for at SLUG.DOMAIN, whatever its certificate is for. */
export async function knownAt({ fleet, connect }: Pick<Context, "fleet" | "connect">, { name }: Pick<Host, "name">, slugs: readonly string[]): Promise<Set<string>> {
  if (slugs.length === 0) return new Set();
  const { platform: { domain, app, rollout: { gate: { timeoutSeconds } } } } = fleet;
  const names = slugs.map((slug) => ({ hostname: `${slug}.${domain}`, tenant: slug, suspended: false, certified: false }));
  const said = await mustRun(await connect(name), "asking customers' names", probe(1), { stdin: probeInput(names, app.health.version, timeoutSeconds), timeout: 30_000 + names.length * timeoutSeconds * 1000 });
  const answers = parseProbe(said)[0] ?? [];
  return new Set(names.filter(({ hostname, tenant }) => answers.some((answer) => answer.hostname === hostname && answer.tenant === tenant)).map(({ tenant }) => tenant));
}
