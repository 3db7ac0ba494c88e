import { all, type Command } from "../../host/command.ts";
import { createWorker, startApp } from "../../host/docker.ts";
import type { HostStep } from "../job.ts";
import { appSpec } from "../wanted.ts";
import { workerSpec } from "../worker.ts";

/** Beside the old one. The worker is only made: it takes no job before the release serves. */
export const start: HostStep = {
  name: "start",
  part(job) {
    const { platform } = job.fleet;
    const spec = appSpec(platform, job.outputs, job.wanted, job.fresh, job.now());
    const { worker } = platform.app;
    const commands: Command[] = [startApp(spec), ...(worker ? [createWorker(workerSpec(spec, worker))] : [])];
    return { purpose: "starting the new container", command: commands.length === 1 ? commands[0]! : all(...commands), timeout: 120_000 };
  },
  // Noted first: a container that was made but did not start is ours to remove as well.
  began(job) {
    job.started = job.fresh;
  },
};
