/** What lets the traffic in: an API token for each customer, made by the app itself on its host. */
import { execute } from "../site/command.ts";
import type { Target } from "./road.ts";

/** Tokens by hostname. Every call makes new ones, and ends those of the call before. */
export async function tokensOf(directory: string, environment: Record<string, string>, targets: readonly Target[]): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for (const host of new Set(targets.map((target) => target.host))) {
    // By name: a customer who has moved is still known where it was, and nothing of it may be changed there.
    const slugs = targets.filter((target) => target.host === host).map(({ slug }) => slug);
    const command = `docker exec "$(docker ps --quiet --filter label=etage.role=app | head -n 1)" node main.ts token ${slugs.join(" ")} --name traffic`;
    const { code, stdout, stderr } = await execute(["bin/deploy", "ssh", host, "--", command], directory, environment);
    if (code !== 0) throw new Error(`no tokens on ${host}: ${stderr}`);
    const bySlug = JSON.parse(stdout) as Record<string, string>;
    for (const { slug, hostname } of targets.filter((target) => target.host === host)) tokens.set(hostname, bySlug[slug]!);
  }
  return tokens;
}
