/** Asks one repository of a registry (https://github.com/opencontainers/distribution-spec), logging in when it must. */
import { messageOf, UserError } from "../errors.ts";
import { basic, type Login, storedLogin } from "./login.ts";
import { apiUrl, type Repository, repositoryName } from "./reference.ts";

const TIMEOUT = 15_000;

export interface Registry {
  readonly repository: Repository;
  /** Questions about manifests so far: what Docker Hub counts. */
  readonly asked: number;
  /** Where a thing is, and the headers to ask for it with: for somebody else who asks in our name. */
  request(kind: "manifests" | "blobs", reference: string): Promise<{ url: string; headers: Record<string, string> }>;
  /** Undefined when the registry has no such thing. Throws UserError when it can't be asked or refuses. */
  ask(kind: "manifests" | "blobs", reference: string, options?: { method?: "HEAD" | "GET"; accept?: string }): Promise<Response | undefined>;
}

/** `login`: who to be; without one, what `docker login` stored. It is asked for once, and only if the registry wants it. */
export function openRegistry(repository: Repository, login?: () => Promise<Login | undefined>): Registry {
  /** The answer to the registry's last challenge: good for the questions after it, too. */
  let authorization: Promise<string> | undefined;
  let asked = 0;
  return {
    repository,
    get asked() { return asked; },
    async request(kind, reference) {
      const headers: Record<string, string> = authorization ? { authorization: await authorization } : {};
      return { url: apiUrl(repository, kind, reference), headers };
    },
    async ask(kind, reference, { method = "GET", accept } = {}) {
      const send = async (): Promise<Response> => get(repository, apiUrl(repository, kind, reference), {
        method, headers: { ...(accept ? { accept } : {}), ...(authorization ? { authorization: await authorization } : {}) },
      });
      if (kind === "manifests") asked += 1;
      let answer = await send();
      const challenge = answer.status === 401 ? answer.headers.get("www-authenticate") : null;
      if (challenge) {
        authorization = authorize(repository, challenge, login);
        answer = await send();
      }
      if (answer.ok) return answer;
      if (answer.status === 404) return undefined;
      const refused = answer.status === 401 || answer.status === 403;
      throw new UserError(`the registry ${repository.registry} ${refused ? "refuses us" : `answered ${answer.status}`} for ${repositoryName(repository)}, ${reference}`, {
        hint: refused ? `app.registry in hosting.yaml, or docker login ${repository.registry}` : undefined,
      });
    },
  };
}

async function get(repository: Repository, url: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    throw new UserError(`the registry ${repository.registry} does not answer: ${rootCause(error)}`, {
      hint: "is it up, and does NODE_EXTRA_CA_CERTS hold its certificate authority?",
    });
  }
}

/** The token flow of the distribution's documentation, or plain basic authentication; whichever the challenge names. */
async function authorize(repository: Repository, challenge: string, login: (() => Promise<Login | undefined>) | undefined): Promise<string> {
  const configured = await login?.();
  const credentials = configured ? basic(configured) : await storedLogin(repository.registry);
  if (/^basic/i.test(challenge)) return `Basic ${credentials ?? ""}`;
  const field = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`, "i").exec(challenge)?.[1];
  const realm = field("realm");
  if (!realm) return "";
  const url = new URL(realm);
  for (const name of ["service", "scope"]) if (field(name)) url.searchParams.set(name, field(name)!);
  const answer = await get(repository, url.href, credentials ? { headers: { authorization: `Basic ${credentials}` } } : {});
  const { token, access_token } = await answer.json().catch(() => ({})) as { token?: string; access_token?: string };
  return `Bearer ${token ?? access_token ?? ""}`;
}

/** fetch hides the reason one level down. */
function rootCause(error: unknown): string {
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}
