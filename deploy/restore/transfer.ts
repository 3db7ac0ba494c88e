/** A customer as a file: exported from the host that serves it, imported where it has nothing yet, also on another platform. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import { describeArchive, exportWords, readArchive, writeArchive } from "../host/archive.ts";
import { runOnce } from "../host/docker.ts";
import { backups, restores } from "../host/paths.ts";
import { parseSizeAndSum, removeReceived, sizeAndSum } from "../host/received.ts";
import { lookNow } from "../move/host-now.ts";
import { fetchFile } from "../remote/fetch.ts";
import { mustRun } from "../remote/runner.ts";
import { sendFile } from "../remote/send.ts";
import { bytes, count } from "../report/units.ts";
import { type Archive, missingNotes, parseArchive, parseImported, sameEnd } from "./archive.ts";
import { appOn } from "./beside.ts";
import { hostOfCustomer } from "./facts.ts";
import type { Came, Work } from "./session.ts";

const LONG = 12 * 3600_000;

/** To this file, which must not be there. The customer's rows are as of one moment; it goes on. */
export function exportWork(context: Context, slug: string, out: string): Work {
  const came: Came = {};
  const path = resolve(out);
  if (existsSync(path)) throw new UserError(`${out} is there already`, { hint: "name another file, or remove it", code: exitCode.usage });
  const host = hostOfCustomer(context, slug);
  return {
    came,
    async run({ step, goOn, signal, operation }) {
      const now = await lookNow(context, host);
      const runner = await context.connect(host);
      const there = `${backups(now.outputs.dataPath)}/export/${slug}-${operation.id}.tar`;
      const made: { is?: { bytes: number; sha256: string } } = {};
      try {
        await step("archive", async () => {
          const { end } = parseArchive(await mustRun(runner, "exporting", writeArchive(there, runOnce(appOn(context, now), exportWords(slug), { unlogged: true })), { timeout: LONG }), slug);
          came.notes = missingNotes(end, "gone");
          made.is = parseSizeAndSum(await mustRun(runner, "summing up", sizeAndSum(there), { timeout: LONG }));
          return `${count(Object.values(end.tables).reduce((sum, { rows }) => sum + rows, 0), "row")}, ${count(end.files.count, "file")}, ${bytes(made.is.bytes)}`;
        });
        goOn();
        await step("send", async (tell) => {
          await fetchFile(runner, { from: there, to: path, ...made.is!, signal, progress: (at) => tell(`${bytes(at)} of ${bytes(made.is!.bytes)}`) });
          return path;
        });
      } finally {
        await runner.run(removeReceived(there)).catch(() => undefined);
      }
      came.notes = [...came.notes ?? [], `${path} holds everything that ${slug} has, in the open: keep it safe`];
      came.next = `deploy customer import ${out} --as SLUG on any platform whose app reads this archive`;
    },
    afterwards: async () => ({ undone: `no file was made; ${slug} goes on`, next: null }),
  };
}

/** Into a customer of customers.yaml that has no data. Whole or not at all. */
export function importWork(context: Context, file: string, slug: string): Work {
  const came: Came = {};
  const path = resolve(file);
  if (!existsSync(path)) throw new UserError(`there is no file ${file}`, { code: exitCode.usage });
  const host = hostOfCustomer(context, slug);
  return {
    came,
    async run({ step, hold, goOn, signal }) {
      await step("lock", async () => { await hold(); return undefined; });
      const now = await lookNow(context, host);
      const runner = await context.connect(host);
      const there = `${restores(now.outputs.dataPath)}/import-${slug}.tar`;
      const sent: { is?: Archive } = {};
      try {
        await step("send", async (tell) => {
          const size = await sendFile(runner, { from: path, to: there, signal, progress: (at, all) => tell(`${bytes(at)} of ${bytes(all)}`) });
          sent.is = parseArchive(await mustRun(runner, "reading the archive", describeArchive(there), { timeout: LONG }), file);
          return `${bytes(size)}, ${sent.is.manifest.slug} of ${sent.is.manifest.exportedAt}`;
        });
        goOn();
        await step("import", async () => {
          const imported = parseImported(await mustRun(runner, "importing", readArchive(there, runOnce(appOn(context, now), ["import", "--as", slug], { stdin: true })), { timeout: LONG }));
          if (!sameEnd(sent.is!.end, imported)) throw new UserError("the app did not take in what the archive has");
          return `${count(Object.values(imported.tables).reduce((sum, { rows }) => sum + rows, 0), "row")}, ${count(imported.files.count, "file")}`;
        });
      } finally {
        await runner.run(removeReceived(there)).catch(() => undefined);
      }
    },
    afterwards: async (_session, { step }) => ({ undone: step === "import" ? `an import is whole or not at all: ${slug} has all of it or nothing` : "nothing was changed", next: null }),
  };
}
