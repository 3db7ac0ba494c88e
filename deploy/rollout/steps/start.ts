import { appContainerName } from "../../../model/names.ts";
import { startApp } from "../../host/docker.ts";
import { mustRun } from "../../remote/runner.ts";
import type { Step } from "../job.ts";
import { appSpec } from "../wanted.ts";

export const start: Step = {
  name: "start",
  async run(job) {
    const name = appContainerName(job.wanted.release.version, job.shortId());
    // Noted first: a container that was made but did not start is ours to remove as well.
    job.started = name;
    await mustRun(job.runner, "starting the new container", startApp(appSpec(job.fleet.platform, job.outputs, job.wanted, name, job.now())));
    return undefined;
  },
};
