/** Which release is meant. */
import type { Context } from "../context.ts";
import { exitCode, UserError } from "../errors.ts";
import { requireDigest } from "../registry/digest.ts";
import { repositoryName } from "../registry/reference.ts";
import { checkVersion, type Release } from "../rollout/release.ts";

/** The version given, else the newest that was built; its digest from the registry. */
export async function resolveRelease(context: Context, version: string | undefined): Promise<Release> {
  const chosen = version ?? (await context.journal.releases())[0]?.version;
  if (!chosen) {
    throw new UserError("no release was built from here yet, so the version has to be named", { hint: "deploy release build v1", code: exitCode.usage });
  }
  checkVersion(chosen);
  return { version: chosen, digest: await requireDigest(context.repository, chosen), repository: repositoryName(context.repository) };
}
