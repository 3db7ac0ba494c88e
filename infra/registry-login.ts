/** How a host's Docker engine logs in to a private registry that a service's image is in. */
import { execFileSync } from "node:child_process";
import type { Host } from "../model/fleet.ts";
import { imageParts } from "../model/rules/services.ts";
import type { Hosting, SecretReference } from "../model/schema.ts";

export interface RegistryLogin { address: string; username: string; password: string }

/**
 * hosting.yaml's login for the app's registry, when a service's image is a neighbour of the app's (as `deploy backup image`
 * makes it); nobody else is told the password, and without such an image it is not even read.
 */
export function registryLogin({ app }: Pick<Hosting, "app">, services: Host["services"], read: (reference: SecretReference) => string = readSecret): RegistryLogin | undefined {
  const own = folderOf(app.image);
  if (!app.registry || own === "" || !Object.values(services).some(({ image }) => folderOf(image) === own)) return undefined;
  const first = own.split("/")[0]!;
  // By Docker's rule: a registry has a dot or a colon in its name, or is this machine.
  const address = /[.:]/.test(first) || first === "localhost" ? first : "docker.io";
  return { address, username: app.registry.username, password: read(app.registry.password) };
}

const folderOf = (image: string): string => imageParts(image).repository.split("/").slice(0, -1).join("/");

/** @throws Error that names the variable or the program, and nothing that it printed on standard output. */
function readSecret(reference: SecretReference): string {
  const where = "hosting.yaml: app.registry.password";
  if (typeof reference === "string") {
    const name = reference.slice("env:".length);
    const value = process.env[name];
    if (!value) throw new Error(`${where}: the variable ${name} is not set, and an image of this host's services is in that registry`);
    return value;
  }
  const [program, ...words] = reference.command;
  const printed = execFileSync(program!, words, { encoding: "utf8", timeout: 60_000, stdio: ["inherit", "pipe", "inherit"] }).replace(/\r?\n$/, "");
  if (!printed) throw new Error(`${where}: the command ${program} printed nothing`);
  return printed;
}
