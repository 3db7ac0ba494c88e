/** Erases one customer: its archive is brought here, its rows, files, backups and server go, and a certificate says so. Each step looks first what is done already. */
import type { Context } from "../context.ts";
import type { LifeSummary } from "../report/life-event.ts";
import type { Report } from "../report/event.ts";
import { bytes, count } from "../report/units.ts";
import { type LifeSession, lifeSession } from "../life/session.ts";
import { type Archive, most } from "./earlier.ts";
import { signed } from "./certificate.ts";
import type { Counted, ErasureFacts } from "./facts.ts";
import { writeCertificate } from "./files.ts";
import { forget } from "./forget.ts";
import { eraseAt } from "./on-host.ts";
import { type ErasurePlan, total } from "./plan.ts";
import { retire } from "./retire.ts";

/** What the steps found out and did. */
export interface Progress {
  counted: Counted;
  archive: Archive | null;
  /** When it was counted again. */
  left: { rows: number; files: number } | null;
  removedBackups: number;
}

/** The plan has no faults, and somebody agreed to it. */
export function runErasure(context: Context, facts: ErasureFacts, plan: ErasurePlan, { wait, report }: { wait: number; report: Report }): Promise<LifeSummary> {
  const { customer: slug, host, stack } = plan;
  return lifeSession(context, { verb: "erase", slug, host, plan, wait, report }, async (session) => {
    const known = facts.earlier.certificate?.split(", SHA-256")[0];
    const progress: Progress = { counted: facts.earlier.counted ? most(facts.earlier.counted, facts.counted) : facts.counted, archive: facts.earlier.archive, left: null, removedBackups: facts.earlier.backups ?? 0 };
    if (known === undefined) {
      if (facts.now) await eraseAt(session, { ...facts, now: facts.now }, plan, progress);
      if (stack) await retire(session, stack);
    }
    let certificate = known;
    if (certificate === undefined) await session.step("certificate", async () => {
      const paper = write(session, facts, plan, progress);
      certificate = paper.path;
      return `${paper.path}, SHA-256 ${paper.sha256}`;
    });
    await session.step("forget", () => forget(session));
    return { came: known === undefined ? `${count(total(progress.counted.rows), "row")}, ${count(progress.counted.files.count, "file")} (${bytes(progress.counted.files.bytes)})` : "it was erased before, and has left the file now", certificate: certificate! };
  });
}

function write({ context, operation }: LifeSession, { earlier }: ErasureFacts, { customer, host, release, archive, stack, expiring }: ErasurePlan, progress: Progress): { path: string; sha256: string } {
  const { platform } = context.fleet;
  const paper = signed({
    format: 1, kind: "certificate of erasure", platform: platform.name, customer, operation: operation.id, erasedAt: context.now().toISOString(), host, release,
    erased: progress.counted, left: progress.left, stack: stack ?? (earlier.destroying ? customer : null),
    archive: progress.archive && archive ? { ...progress.archive, keptUntil: archive.keptUntil } : null, removedBackups: progress.removedBackups, expiring,
  });
  return { path: writeCertificate(context.root, platform.retention, paper, earlier.operation ?? operation.id), sha256: paper.sha256 };
}
