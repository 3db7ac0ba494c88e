import { pull as pullImage, pullTimeout } from "../../host/docker.ts";
import { mustRun } from "../../remote/runner.ts";
import type { Step } from "../job.ts";
import { imageOf, tagOf } from "../release.ts";

export const pull: Step = {
  name: "pull",
  async run({ runner, wanted: { release } }) {
    await mustRun(runner, `pulling ${tagOf(release)}`, pullImage(imageOf(release), tagOf(release)), { timeout: pullTimeout });
    return undefined;
  },
};
