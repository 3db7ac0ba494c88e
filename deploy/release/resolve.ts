/** Which release is meant. */
import type { Context } from "../context.ts";
import type { Journal } from "../journal/journal.ts";
import { exitCode, UserError } from "../errors.ts";
import { requireDigest } from "../registry/digest.ts";
import { repositoryName } from "../registry/reference.ts";
import { checkVersion, type Release } from "../rollout/release.ts";

/**
 * The version given, else the newest that was built; its digest from the registry. `proven`: the newest of those that an
 * operation from here has already brought somewhere, if there is one.
 */
export async function resolveRelease(context: Context, version: string | undefined, { proven = false } = {}): Promise<Release> {
  const chosen = version ?? await newest(context.journal, proven);
  if (!chosen) {
    throw new UserError("no release was built from here yet, so the version has to be named", { hint: "deploy release build v1", code: exitCode.usage });
  }
  checkVersion(chosen);
  return { version: chosen, digest: await requireDigest(context.registry, chosen), repository: repositoryName(context.repository) };
}

async function newest(journal: Journal, proven: boolean): Promise<string | undefined> {
  const built = (await journal.releases()).map(({ version }) => version);
  if (!proven) return built[0];
  const served = new Set(await journal.served());
  return built.find((version) => served.has(version)) ?? built[0];
}
