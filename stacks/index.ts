/**
 * Which program a stack runs: the stack `shared` the first shared host and what all hosts lean on, any other name (`shared-2`,
 * a dedicated customer's slug) the host of that name.
 *
 * Stack settings (`pulumi config set -s STACK …`):
 * - `etage:protect` (default true): servers, volumes and the network refuse to be deleted, in the engine and in Hetzner's API.
 *   Before `pulumi destroy`: `pulumi config set etage:protect false` and `pulumi up`.
 * - Tokens come from HCLOUD_TOKEN and CLOUDFLARE_API_TOKEN, or from the secrets `hcloud:token` and `cloudflare:apiToken`.
 */
import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { FIRST_SHARED_HOST } from "../model/fleet.ts";
import { formatFaults, ModelError, readModel } from "../model/read.ts";
import { further } from "./further.ts";
import { hostOf } from "./host-of.ts";
import { shared } from "./shared.ts";

// Pulumi's SDK notes a stack trace for every promise and looks each frame up in source maps: a second in every run. There
// are none to be found: Node strips types and leaves every position as it is.
Reflect.deleteProperty(Error, "prepareStackTrace");

export default async (): Promise<Record<string, unknown>> => {
  const { fleet, warnings } = model(dirname(import.meta.dirname));
  for (const warning of warnings) await pulumi.log.warn(formatFaults([warning]));
  const host = hostOf(fleet, pulumi.getStack());
  const protect = new pulumi.Config().getBoolean("protect") ?? true;
  return await (host.name === FIRST_SHARED_HOST ? shared : further)({ platform: fleet.platform, host, protect });
};

function model(directory: string): ReturnType<typeof readModel> {
  try {
    return readModel(directory);
  } catch (error) {
    if (error instanceof ModelError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
