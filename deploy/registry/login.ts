/** Who we are to a registry: what hosting.yaml names, else what `docker login` left on this machine. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Name under which Docker keeps a registry's login; its own hub's is an address of old. */
const configName = (registry: string): string => registry === "docker.io" ? "https://index.docker.io/v1/" : registry;

export interface Login { username: string; password: string }

/** As HTTP's basic authentication and Docker's files have it. */
export const basic = ({ username, password }: Login): string => Buffer.from(`${username}:${password}`).toString("base64");

/** Text of a Docker configuration that knows this one login and nothing else. */
export const dockerConfig = (registry: string, login: Login): string => JSON.stringify({ auths: { [configName(registry)]: { auth: basic(login) } } });

/** What `docker login` left in its file, in the form of `basic`; credential helpers are not asked. */
export async function storedLogin(registry: string): Promise<string | undefined> {
  const folder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  try {
    const { auths } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as { auths?: Record<string, { auth?: string }> };
    return auths?.[configName(registry)]?.auth;
  } catch {
    return undefined; // not logged in anywhere: ask without
  }
}
