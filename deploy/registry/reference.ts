/** Image references: `registry/repository`, and where ETAGE_REGISTRY puts them. */

export interface Repository { registry: string; path: string }

/** Docker Hub's API lives under another name than the one people write. */
const HUB = "registry-1.docker.io";

/** By Docker's rule: the first part is a registry when it has a dot or a colon or is `localhost`. */
export function parseRepository(text: string): Repository {
  const slash = text.indexOf("/");
  const first = text.slice(0, slash);
  if (slash > 0 && (/[.:]/.test(first) || first === "localhost")) return { registry: first, path: text.slice(slash + 1) };
  return { registry: "docker.io", path: slash > 0 ? text : `library/${text}` };
}

/** The app's repository as this operator reaches it. */
export function appRepository(image: string, registry: string | undefined): Repository {
  const repository = parseRepository(image);
  return registry ? { ...repository, registry } : repository;
}

export const repositoryName = ({ registry, path }: Repository): string => `${registry}/${path}`;

/** Loopback registries are plain HTTP by Docker's convention. */
export function apiUrl({ registry, path }: Repository, kind: "manifests" | "blobs", reference: string): string {
  const host = registry === "docker.io" ? HUB : registry;
  const scheme = /^(localhost|127\.)/.test(host) ? "http" : "https";
  return `${scheme}://${host}/v2/${path}/${kind}/${reference}`;
}
