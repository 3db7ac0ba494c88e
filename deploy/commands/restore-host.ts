import { backupOf } from "../backup/on-hosts.ts";
import { confirmed } from "../confirm.ts";
import { exitCode, Refused } from "../errors.ts";
import { hostWork } from "../restore/host.ts";
import { holdSession } from "../restore/session.ts";
import type { Handler } from "./verb.ts";

export const restoreHost: Handler = async (context, args) => {
  const { name, serverType, customers } = context.host(String(args.host));
  backupOf(context);
  context.report.text([
    `Rebuild ${name} (${serverType}, ${customers.length} customers) from its backups:`,
    "  what the cloud no longer has is made anew by its stack; what is there stays",
    "  database: the last backup and every change that was shipped after it; files: the last snapshot",
    "  then the release that it ran, its routes and names, its backups",
  ].join("\n"));
  if (args.yes !== true && !await confirmed("Go on?", context.signal)) throw new Refused("declined; nothing was changed");
  const release = args.release as string | undefined;
  const { ok } = await holdSession(context, { verb: "restore host", subject: name, host: name, at: null, plan: { release: release ?? null }, wait: Number(args.wait) }, hostWork(context, name, { release }));
  return ok ? exitCode.ok : exitCode.failed;
};
