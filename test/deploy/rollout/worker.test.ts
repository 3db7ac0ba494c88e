import { expect, it } from "vitest";
import type { AppSpec } from "../../../deploy/host/docker.ts";
import { workerSpec } from "../../../deploy/rollout/worker.ts";

it("the worker is told the grace that it gets, not the app's", () => {
  const app: AppSpec = {
    name: "app-v2-abc", version: "v2", digest: "sha256:0", image: "x@sha256:0", network: "platform", dataPath: "/data", memoryMegabytes: 256,
    drainSeconds: 30, environment: { DRAIN_SECONDS: "30", UPLOADS_PATH: "/data/uploads" }, settings: "s", since: "2026-01-01T00:00:00Z",
  };
  const worker = workerSpec(app, { memoryMegabytes: 128, stopSeconds: 90 });
  expect(worker).toEqual({ ...app, name: "worker-v2-abc", memoryMegabytes: 128, drainSeconds: 90, environment: { DRAIN_SECONDS: "90", UPLOADS_PATH: "/data/uploads" } });
  expect(app.environment.DRAIN_SECONDS).toBe("30");
});
