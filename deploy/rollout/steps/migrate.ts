import { all, type Command, script } from "../../host/command.ts";
import { runLimited, runOnce, TIMED_OUT } from "../../host/docker.ts";
import { TENANTS } from "../../host/paths.ts";
import { type MoveMark, OTHER_MIGRATIONS, sameMigrations } from "../../host/moves.ts";
import { sha256 } from "../../host/secrets.ts";
import { Interrupted, Refused, UserError } from "../../errors.ts";
import { CommandFailed } from "../../remote/runner.ts";
import { seconds } from "../../report/units.ts";
import { type HostStep, type Job, observed } from "../job.ts";
import { imageOf } from "../release.ts";
import { appSpec } from "../wanted.ts";

function work(job: Job): { schema: boolean; tenants: boolean } {
  const { seen, verdict } = observed(job);
  // A broken host's schema may be older than the release that it should serve.
  const known = job.schemaStays && verdict.action === "update";
  return { schema: job.verb === "update" && verdict.action !== "refresh" && !known, tenants: seen.tenants !== sha256(job.wanted.tenants) };
}

/** The first move whose other side has to keep the same schema. */
const moved = (job: Job): MoveMark | undefined => observed(job).seen.moves.find(({ operation }) => operation !== job.operation);

/**
 * Brings the schema up to the release (expand only: the old release goes on with it) and tells the app who its tenants
 * are. A rollback leaves the schema as it is.
 */
export const migrate: HostStep = {
  name: "migrate",
  part(job) {
    const { schema, tenants } = work(job);
    const { wanted, fleet: { platform } } = job;
    const { migrateSeconds } = platform.rollout;
    const spec = appSpec(platform, job.outputs, wanted, "task", job.now());
    const commands: Command[] = [
      ...(schema && moved(job) && job.previous ? [sameMigrations(imageOf(wanted.release), job.previous.name)] : []),
      ...(schema ? [runLimited(migrateSeconds, runOnce(spec, "migrate"))] : []),
      ...(tenants ? [runLimited(migrateSeconds, runOnce(spec, "tenants", { stdin: true })), script("note-tenants", `printf %s "$2" >"$1"`, TENANTS, sha256(wanted.tenants))] : []),
    ];
    if (commands.length === 0) return null;
    return { purpose: "migrating", command: all(...commands), input: wanted.tenants, timeout: (2 * migrateSeconds + 60) * 1000 };
  },
  done(job) {
    const { schema, tenants } = work(job);
    if (schema) return undefined;
    return tenants ? "tenants" : "schema stays";
  },
  fault(job, result) {
    const { migrateSeconds } = job.fleet.platform.rollout;
    const move = moved(job);
    if (move && result.code === OTHER_MIGRATIONS) {
      return new Refused(`${job.wanted.release.version} may change the schema, and changes still flow between ${move.from} and ${move.to} since ${move.slug} has moved`, `deploy move finish ${move.slug} ends that, deploy move back ${move.slug} undoes it; releases without a new migration may come`);
    }
    if (result.code === TIMED_OUT && job.stop?.aborted) return new Interrupted(job.stop.reason);
    if (result.code === TIMED_OUT) return new UserError(`${job.host.name}: the migration did not end within ${seconds(migrateSeconds)} and was stopped`, { hint: "rollout.migrateSeconds in hosting.yaml says how long it may take" });
    return new CommandFailed(job.host.name, "migrating", migrate.part(job)!.command, result);
  },
};
