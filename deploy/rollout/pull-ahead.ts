/** Brings the release's image to hosts whose turn has not come yet, so that no host waits for it. */
import pLimit from "p-limit";
import { pull, pullTimeout } from "../host/docker.ts";
import type { Runner } from "../remote/runner.ts";
import { imageOf, type Release, tagOf } from "./release.ts";

const AT_ONCE = 4;

interface Sources { connect(host: string): Promise<Runner>; registryConfig(): Promise<string | undefined> }

/** In the background: what fails here fails again, and is told, in the host's own pull step. Resolves when all are through. */
export async function pullAhead({ connect, registryConfig }: Sources, release: Release, hosts: readonly string[], signal: AbortSignal): Promise<void> {
  const limit = pLimit(AT_ONCE);
  await Promise.all(hosts.map((host) => limit(async () => {
    if (signal.aborted) return;
    const runner = await connect(host);
    const stdin = await registryConfig();
    await runner.run(pull(imageOf(release), tagOf(release), { login: stdin !== undefined }), { timeout: pullTimeout, ...(stdin === undefined ? {} : { stdin }) });
  }).catch(() => {})));
}
