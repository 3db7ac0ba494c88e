import pLimit from "p-limit";
import { describeInstall } from "../backup/install-plan.ts";
import { install, plannedInstall, secretsFor } from "../backup/install.ts";
import { type Kind, KINDS } from "../backup/kinds.ts";
import { type BackupEntry, backupsOn, listTable } from "../backup/list.ts";
import { backupHosts, backupOf, exitOfHosts, onHosts } from "../backup/on-hosts.ts";
import { recordWords, runKind } from "../backup/run.ts";
import { backupStatusOf, backupTable } from "../backup/status.ts";
import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import type { Handler } from "./verb.ts";

const AT_ONCE = 16;

export const backupInstall: Handler = async (context, args) => {
  const hosts = await backupHosts(context, args.host as string | undefined);
  const secrets = await secretsFor(context);
  if (args["dry-run"] === true) {
    const plans = await Promise.all(hosts.map(async (host) => (await plannedInstall(context, host, secrets)).plan));
    context.report.text(plans.map(describeInstall).join("\n"));
    context.report.data({ plans });
    return plans.every(({ faults }) => faults.length === 0) ? exitCode.ok : exitCode.failed;
  }
  return exitOfHosts(await onHosts(context, {
    verb: "backup install", step: "install", hosts, wait: Number(args.wait),
    async work(host, { id, signal }) {
      const planned = await plannedInstall(context, host, secrets);
      return install(context, host, planned, secrets, { operation: id, wait: Number(args.wait), signal });
    },
  }));
};

export const backupRun: Handler = async (context, args) => {
  const kinds = (args.kind as Kind[] | undefined) ?? KINDS.filter((kind) => kind !== "verify");
  return running(context, args.host as string | undefined, "backup run", kinds, args.full === true);
};

export const backupVerify: Handler = (context, args) => running(context, args.host as string | undefined, "backup verify", ["verify"], false);

async function running(context: Context, name: string | undefined, verb: string, kinds: readonly Kind[], full: boolean): Promise<number> {
  return exitOfHosts(await onHosts(context, {
    verb, step: kinds.join("+"), hosts: await backupHosts(context, name),
    async work(host, { signal }) {
      const words: string[] = [];
      for (const kind of kinds) {
        if (signal.aborted) break;
        words.push(recordWords(await runKind(context, host, kind, { full: full && kind === "database" })));
      }
      return words.join("; ");
    },
  }));
}

/** 1 when something is wrong anywhere: for a schedule of one's own. */
export const backupStatus: Handler = async (context, args) => {
  const limit = pLimit(AT_ONCE);
  const hosts = await Promise.all((await backupHosts(context, args.host as string | undefined)).map((name) => limit(() => backupStatusOf(context, { name }))));
  context.report.data({ hosts });
  context.report.text(backupTable(hosts));
  return hosts.every(({ wrong }) => wrong.length === 0) ? exitCode.ok : exitCode.failed;
};

/** A name that is a host's is meant as such: a dedicated customer's slug lists the host, which has its exports too. */
export const backupList: Handler = async (context, args) => {
  backupOf(context);
  const { fleet } = context;
  const name = args.of as string | undefined;
  const slug = name !== undefined && !fleet.host(name) && fleet.customer(name) ? name : undefined;
  const hosts = slug === undefined && name !== undefined ? [context.host(name).name] : fleet.hosts.filter(({ phase }) => phase === "live").map((host) => host.name);
  const limit = pLimit(AT_ONCE);
  const silent: string[] = [];
  const found = await Promise.all(hosts.map((host) => limit(async (): Promise<BackupEntry[]> => {
    try {
      return await backupsOn(context, host, slug);
    } catch (error) {
      if (!(error instanceof UserError) || hosts.length === 1) throw error;
      silent.push(host);
      context.report.event({ type: "note", host, message: error.message.split("\n")[0]! });
      return [];
    }
  })));
  const entries = found.flat().sort((a, b) => b.at - a.at);
  context.report.data({ backups: entries, silent });
  context.report.text(listTable(entries));
  return silent.length > 0 ? exitCode.failed : exitCode.ok;
};
