/** Fills a journal as ten years of rollouts would. */
import type { Journal } from "../../deploy/journal/journal.ts";

const STEPS = ["lock", "preflight", "backup-check", "pull", "migrate", "start", "gate-inside", "switch", "gate-outside", "steady", "drain", "prune", "record", "unlock"];
const HOSTS = 3;
/** The newest rollout. */
const NEWEST = Date.parse("2026-01-01T00:00:00Z");
const HOUR = 3_600_000;

/** Rollouts to three hosts each, hour after hour. Resolves with how many steps were noted. */
export async function fillJournal(journal: Journal, rollouts: number): Promise<number> {
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    const began = NEWEST - (rollouts - rollout) * HOUR;
    const at = (seconds: number): string => new Date(began + seconds * 1000).toISOString();
    const id = `${at(0).slice(0, 19).replace(/\D/g, "")}-${rollout.toString(16).padStart(6, "0")}`;
    await journal.begin({ id, verb: "update-all", subject: `v${rollout}`, by: "bench", machine: "bench", startedAt: at(0) });
    for (let host = 0; host < HOSTS; host += 1) {
      for (const [step, name] of STEPS.entries()) {
        const since = host * 10 + step / 2;
        const row = await journal.stepStarted({ operation: id, host: `customer-${(rollout + host) % 900 + 1}`, step: name, startedAt: at(since) });
        await journal.stepEnded(row, at(since + 0.4), "ok", null);
      }
    }
    await journal.end(id, at(HOSTS * 10), "ok", null);
  }
  return rollouts * HOSTS * STEPS.length;
}
