/** bin/lab reset */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { control } from "../control/client.ts";
import { LabError } from "./errors.ts";
import { confirm, seconds, type Output } from "./output.ts";
import { requireIdentity } from "./place.ts";
import { ensureZones } from "./zones.ts";

export interface ResetOptions {
  yes: boolean;
  /** Keeps Pulumi's state, which then lists resources that are gone: a drill for `pulumi refresh`. */
  keepState: boolean;
}

export async function reset(directory: string, options: ResetOptions, output: Output): Promise<void> {
  const start = performance.now();
  const identity = requireIdentity(directory);
  const what = options.keepState ? "all servers, volumes and records" : "all servers, volumes, records and Pulumi's state of them";
  if (!(await confirm(`Delete ${what} in lab ${identity.number}?`, options.yes))) throw new LabError("Nothing was deleted.");
  const done = await control(directory, identity, "POST", "/reset");
  if (!done) throw new LabError(`Lab ${identity.number} is not up, so there is nobody to reset. Start it: bin/lab up`);
  if (!options.keepState) {
    rmSync(join(directory, "pulumi"), { recursive: true, force: true });
    mkdirSync(join(directory, "pulumi"));
  }
  await ensureZones(directory, identity, identity.zones);
  output.say(`Lab ${identity.number} is empty again (${seconds(start)}); its zones stay, without records.`);
  output.result({ number: identity.number, reset: true, pulumiState: options.keepState ? "kept" : "deleted" });
}
