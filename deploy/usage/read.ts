/** Asks all hosts at once what their customers used. Changes nothing. */
import pLimit from "p-limit";
import type { Context } from "../context.ts";
import { messageOf, UserError } from "../errors.ts";
import { runLimited, runOnce } from "../host/docker.ts";
import { lookNow } from "../move/host-now.ts";
import { lastLines } from "../remote/runner.ts";
import { appSpec, wantedOf } from "../rollout/wanted.ts";
import { parseUsage, type TenantUsage } from "./usage.ts";

/** Connections that are opened at once. */
const AT_ONCE = 16;
/** A database of thousands of customers takes a while to add up months. */
const SECONDS = 120;

export interface FleetUsage {
  /** By month, then by slug; of each customer what the host says that serves it now. */
  months: ReadonlyMap<string, ReadonlyMap<string, TenantUsage>>;
  /** Hosts that could not say it, and why, by name. */
  silent: ReadonlyMap<string, string>;
}

/** `months`: as `2026-11`; `only`: hosts by name, all when absent. What a host does is a finding; only a bug is thrown. */
export async function readUsage(context: Context, months: readonly string[], only?: readonly string[]): Promise<FleetUsage> {
  const { fleet } = context;
  const limit = pLimit(AT_ONCE);
  const found = new Map<string, Map<string, TenantUsage>>(months.map((month) => [month, new Map()]));
  const silent = new Map<string, string>();
  const hosts = fleet.hosts.filter(({ name, phase, customers }) => phase === "live" && customers.length > 0 && (!only || only.includes(name)));
  await Promise.all(hosts.map((host) => limit(async () => {
    try {
      for (const [month, tenants] of await usageAt(context, host.name, months)) {
        for (const [slug, usage] of tenants) if (fleet.customer(slug)?.host.name === host.name) found.get(month)!.set(slug, usage);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      silent.set(host.name, messageOf(error).split("\n")[0]!);
    }
  })));
  return { months: found, silent };
}

/** Every tenant that a host's app knows, by month and slug. @throws UserError when the host can't be asked, or serves no release that can say it. */
export async function usageAt(context: Context, name: string, months: readonly string[]): Promise<Map<string, Map<string, TenantUsage>>> {
  const { host, outputs, release } = await lookNow(context, name);
  const { platform } = context.fleet;
  const spec = appSpec(platform, outputs, wantedOf(platform, host, outputs, release), "task", context.now());
  const runner = await context.connect(name);
  const { code, stdout, stderr } = await runner.run(runLimited(SECONDS, runOnce(spec, ["usage", ...months.flatMap((month) => ["--month", month])])), { timeout: (SECONDS + 30) * 1000 });
  if (code !== 0) throw new UserError(`${name}: ${release.version} does not say what was used: ${lastLines(stderr.trim() || stdout.trim(), 1) || `exit code ${code}`}`, { hint: "a release that is metered answers the command `usage` (docs/app-contract.md)" });
  return parseUsage(stdout, months, release.version);
}
