/** The app's second process without HTTP: made and removed with its release's container, whose name it shares. */
import type { AppSpec } from "../host/docker.ts";

/** `app-v42-3f9a1c` → `worker-v42-3f9a1c` */
export const workerName = (app: string): string => app.replace(/^app-/, "worker-");

/** As the app's, with a memory limit and a grace of its own. It is told the grace that it really gets. */
export function workerSpec(app: AppSpec, { memoryMegabytes, stopSeconds }: { memoryMegabytes: number; stopSeconds: number }): AppSpec {
  return { ...app, name: workerName(app.name), memoryMegabytes, drainSeconds: stopSeconds, environment: { ...app.environment, DRAIN_SECONDS: String(stopSeconds) } };
}
