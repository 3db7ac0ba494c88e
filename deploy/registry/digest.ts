/** Asks the registry what a version is, once, before anything starts: all hosts then pull the same digest. */
import { UserError } from "../errors.ts";
import type { Registry } from "./client.ts";
import { MANIFESTS } from "./image.ts";
import { repositoryName } from "./reference.ts";

/** `sha256:…` of a version, or undefined when the registry has none. Throws when the registry can't be asked. */
export async function findDigest(registry: Registry, version: string): Promise<string | undefined> {
  const answer = await registry.ask("manifests", version, { method: "HEAD", accept: MANIFESTS });
  const digest = answer?.headers.get("docker-content-digest");
  if (answer && !digest) throw new UserError(`the registry ${registry.repository.registry} does not say the digest of ${version}`);
  return digest ?? undefined;
}

/** The digest of a version that has to exist. */
export async function requireDigest(registry: Registry, version: string): Promise<string> {
  const digest = await findDigest(registry, version);
  if (digest) return digest;
  throw new UserError(`${repositoryName(registry.repository)} has no version ${version} in the registry`, {
    hint: `deploy releases lists those there are; deploy release build ${version} makes it`,
  });
}
