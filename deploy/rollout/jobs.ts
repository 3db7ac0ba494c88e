/** Makes jobs: what one host's update works with. */
import { refreshBackups } from "../backup/install.ts";
import type { Context } from "../context.ts";
import { appContainerName } from "../../model/names.ts";
import type { AppContainer } from "../host/observe.ts";
import type { ReleaseRecord } from "../host/release-log.ts";
import { askPublicly, publicNames } from "../public.ts";
import { PrintingRunner } from "../remote/printing.ts";
import type { Runner } from "../remote/runner.ts";
import type { StepName } from "../report/event.ts";
import type { Job } from "./job.ts";
import type { Look } from "./look.ts";
import type { Release } from "./release.ts";
import { wantedOf } from "./wanted.ts";

export interface JobOptions {
  release: Release;
  looks: ReadonlyMap<string, Look>;
  operation: string;
  verb: ReleaseRecord["verb"];
  /** Commands are printed instead of run. */
  dry: boolean;
}

export async function makeJob(context: Context, name: string, { release, looks, operation, verb, dry }: JobOptions): Promise<Job> {
  const { fleet, report, environment, now, shortId } = context;
  const look = looks.get(name);
  if (!look) throw new Error(`host ${name} was planned without being looked at`);
  const host = context.host(name);
  const { outputs, seen, text } = look;
  const connect = async (): Promise<Runner> => dry
    ? new PrintingRunner(name, (command, step) => report.event({ type: "command", host: name, step: step as StepName | null, command }))
    : context.connect(name);
  return {
    fleet, host, outputs, wanted: wantedOf(fleet.platform, host, outputs, release), operation, verb,
    actor: { by: environment.operator, machine: environment.machine }, now,
    pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    note: (message) => report.event({ type: "note", host: name, message }),
    askPublicly: dry ? null : (names) => askPublicly(publicNames(fleet, host, names), fleet.platform.app.health.version, release.version, environment.resolver), aside: [],
    refreshBackups: dry ? null : () => refreshBackups(context, name),
    secretFiles: () => context.secretFiles(name), registryConfig: await context.registryConfig(), reconnect: connect, runner: await connect(),
    // What names answered wrongly was asked for the release that the plan brings; a way back asks for itself.
    faults: release === look.wanted.release ? look.faults : [], looked: text, before: seen, schemaStays: look.schemaStays ?? false,
    fresh: appContainerName(release.version, shortId()),
    locked: false, switched: false, certificateChanged: false,
  };
}

/** The release that a container runs, as it was pulled. */
export const releaseOf = ({ release: version, digest }: AppContainer, repository: string): Release => ({ version, digest, repository });
