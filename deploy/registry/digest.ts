/** Asks the registry what a version is, once, before anything starts: all hosts then pull the same digest. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { apiUrl, type Repository, repositoryName } from "./reference.ts";

export const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
const TIMEOUT = 15_000;

/** `sha256:…` of a version, or undefined when the registry has none. Throws when the registry can't be asked. */
export async function findDigest(repository: Repository, version: string): Promise<string | undefined> {
  const url = apiUrl(repository, version);
  const answer = await authorized(repository, (headers) => ask(repository, url, { accept: MANIFESTS, ...headers }, "HEAD"));
  if (answer.status === 404) return undefined;
  const digest = answer.headers.get("docker-content-digest");
  if (answer.status === 200 && digest) return digest;
  const reason = answer.status === 401 || answer.status === 403 ? "refuses us" : `answered ${answer.status}`;
  throw new UserError(`the registry ${repository.registry} ${reason} for ${repositoryName(repository)}:${version}`, {
    hint: answer.status === 401 || answer.status === 403 ? `docker login ${repository.registry}` : undefined,
  });
}

/** The digest of a version that has to exist. */
export async function requireDigest(repository: Repository, version: string): Promise<string> {
  const digest = await findDigest(repository, version);
  if (digest) return digest;
  throw new UserError(`${repositoryName(repository)} has no version ${version} in the registry`, {
    hint: `deploy releases lists those there are; deploy release build ${version} makes it`,
  });
}

/** Asks without credentials, then once more with those that the registry demands. */
export async function authorized(repository: Repository, question: (headers: Record<string, string>) => Promise<Response>): Promise<Response> {
  const first = await question({});
  const challenge = first.status === 401 ? first.headers.get("www-authenticate") : null;
  return challenge ? await question({ authorization: await authorize(repository, challenge) }) : first;
}

/** Throws UserError when the registry can't be reached. */
export async function ask(repository: Repository, url: string, headers: Record<string, string>, method: "GET" | "HEAD"): Promise<Response> {
  try {
    return await fetch(url, { method, headers, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    throw new UserError(`the registry ${repository.registry} does not answer: ${rootCause(error)}`, {
      hint: "is it up, and does NODE_EXTRA_CA_CERTS hold its certificate authority?",
    });
  }
}

/** The token flow of the distribution specification; with `docker login`'s credentials where there are some. */
async function authorize(repository: Repository, challenge: string): Promise<string> {
  const stored = await storedCredentials(repository.registry);
  if (/^basic/i.test(challenge)) return `Basic ${stored ?? ""}`;
  const field = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`, "i").exec(challenge)?.[1];
  const realm = field("realm");
  if (!realm) return "";
  const url = new URL(realm);
  for (const name of ["service", "scope"]) if (field(name)) url.searchParams.set(name, field(name)!);
  const answer = await fetch(url, { ...(stored ? { headers: { authorization: `Basic ${stored}` } } : {}), signal: AbortSignal.timeout(TIMEOUT) });
  const { token, access_token } = await answer.json() as { token?: string; access_token?: string };
  return `Bearer ${token ?? access_token ?? ""}`;
}

/** What `docker login` left in its file; credential helpers are not asked. */
async function storedCredentials(registry: string): Promise<string | undefined> {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  const key = registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
  try {
    const { auths } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as { auths?: Record<string, { auth?: string }> };
    return auths?.[key]?.auth;
  } catch {
    return undefined; // not logged in anywhere: ask without
  }
}

/** fetch hides the reason one level down. */
function rootCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return messageOf(cause);
}
