import { pull as pullImage, pullTimeout } from "../../host/docker.ts";
import type { HostStep } from "../job.ts";
import { imageOf, tagOf } from "../release.ts";

export const pull: HostStep = {
  name: "pull",
  part: ({ wanted: { release }, registryConfig }) => ({
    purpose: `pulling ${tagOf(release)}`, command: pullImage(imageOf(release), tagOf(release), { login: registryConfig !== undefined }), timeout: pullTimeout,
    ...(registryConfig === undefined ? {} : { input: registryConfig }),
  }),
};
