/** Ends a restore: the scratch goes, and the customer works as customers.yaml says, with whatever it has. */
import { dropScratch } from "../host/scratch.ts";
import { mustRun } from "../remote/runner.ts";
import type { Context } from "../context.ts";
import { gatherRestore, type GatheredRestore } from "./facts.ts";
import { resumeCustomer } from "./in-place.ts";
import { placeOf } from "./place.ts";
import type { Came, Work } from "./session.ts";

export function dropWork(context: Context, slug: string): Work {
  const came: Came = {};
  return {
    came,
    async run({ step, hold }) {
      const found: { gathered?: GatheredRestore } = {};
      await step("lock", async () => { await hold(); return undefined; });
      await step("preflight", async () => { found.gathered = await gatherRestore(context, slug); return undefined; });
      const gathered = found.gathered!;
      const { facts: { seen: { mark }, host }, now } = gathered;
      const runner = await context.connect(host);
      const place = placeOf(now.outputs, host, slug, mark ?? { at: "", since: "" });
      if (mark && mark.phase !== "beside") await step("resume", () => resumeCustomer(context, { gathered, runner, place }));
      await step("drop", async () => { await mustRun(runner, "removing the scratch", dropScratch(slug, place.all), { timeout: 3600_000 }); return undefined; });
      if (mark?.phase === "replacing") came.notes = [`${slug} has either what it had at ${mark.at} or what it had before: an import is whole or not at all; what it had before is kept: ${host}:${place.kept}`];
    },
    afterwards: async () => ({ undone: "what is left of the scratch stays", next: `deploy restore drop ${slug} goes on` }),
  };
}
