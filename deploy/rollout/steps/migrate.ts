import { all, type Command, script } from "../../host/command.ts";
import { runOnce } from "../../host/docker.ts";
import { TENANTS } from "../../host/paths.ts";
import { sha256 } from "../../host/secrets.ts";
import { mustRun } from "../../remote/runner.ts";
import { type Step, observed } from "../job.ts";
import { appSpec } from "../wanted.ts";

const TIMEOUT = 3600 * 1000;

/**
 * Brings the schema up to the release (expand only: the old release goes on with it) and tells the app who its tenants
 * are. A rollback leaves the schema as it is.
 */
export const migrate: Step = {
  name: "migrate",
  async run(job) {
    const { seen, verdict } = observed(job);
    const { wanted, verb } = job;
    const spec = appSpec(job.fleet.platform, job.outputs, wanted, "task", job.now());
    const fingerprint = sha256(wanted.tenants);
    const schema = verb === "update" && verdict.action !== "refresh";
    const tenants = seen.tenants !== fingerprint;
    const commands: Command[] = [
      ...(schema ? [runOnce(spec, "migrate")] : []),
      ...(tenants ? [runOnce(spec, "tenants", { stdin: true }), script("note-tenants", `printf %s "$2" >"$1"`, TENANTS, fingerprint)] : []),
    ];
    if (commands.length === 0) return "schema stays";
    await mustRun(job.runner, "migrating", all(...commands), { timeout: TIMEOUT, stdin: wanted.tenants });
    return schema ? undefined : "tenants";
  },
};
