/** Who still has to get the first credentials. The journal knows: it is noted before a host hears of the customer. */
import type { Context } from "../context.ts";
import type { Journal } from "../journal/journal.ts";
import { operationId } from "../rollout/operation.ts";

const VERB = "customer credentials";

/** Those who were noted, or whose delivery failed or died, and nobody else. */
export async function pendingCredentials(journal: Pick<Journal, "newestOfEach">): Promise<Set<string>> {
  return new Set((await journal.newestOfEach(VERB)).filter(({ outcome }) => outcome !== "ok").map(({ subject }) => subject));
}

/** Notes that these need credentials once their host knows them. Noted twice is noted once. */
export async function expectCredentials(context: Pick<Context, "journal" | "environment" | "now" | "shortId">, slugs: readonly string[]): Promise<void> {
  const { journal, environment: { operator: by, machine }, now } = context;
  const pending = await pendingCredentials(journal);
  for (const subject of slugs.filter((slug) => !pending.has(slug))) {
    const id = operationId(context);
    const at = now().toISOString();
    await journal.begin({ id, verb: VERB, subject, by, machine, startedAt: at });
    await journal.end(id, at, "skipped", "its host has to know it first");
  }
}
