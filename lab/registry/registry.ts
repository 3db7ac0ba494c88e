/** The lab's registry: what hosts push to and pull from, and their mirror of Docker Hub. */
import { existsSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import pRetry from "p-retry";
import { issue, rootAuthority } from "../ca.ts";
import { ports, type Lab } from "../context.ts";
import { buildImages } from "../images/build.ts";
import { docker, tryDocker } from "../machines/command.ts";
import { bridgeName, labLabels, registryName } from "../machines/names.ts";

type Named = Pick<Lab, "number" | "directory" | "subnet">;

/** host:port of the lab's registry. */
export const registryAddress = (lab: Pick<Lab, "subnet">): string => `${lab.subnet(3)}:${ports.registry}`;

// Where this machine's Docker engine looks for authorities of a registry; read anew at each connection.
const trustFolder = (lab: Pick<Lab, "subnet">): string => join("/etc/docker/certs.d", registryAddress(lab));

/** Starts it (bridge and images must be there); resolves when it answers. */
export async function startRegistry(lab: Lab): Promise<void> {
  const { all, registrySeed } = await buildImages(lab.log);
  const authority = await rootAuthority(lab);
  await mkdir(trustFolder(lab), { recursive: true });
  await writeFile(join(trustFolder(lab), "ca.crt"), authority.pem);
  const folder = join(lab.directory, "registry");
  if (!existsSync(join(folder, "storage"))) await cp(registrySeed, join(folder, "storage"), { recursive: true });
  const { certificate, key } = await issue(lab, { names: [], addresses: [lab.subnet(3)] });
  await writeFile(join(folder, "certificate.pem"), certificate);
  await writeFile(join(folder, "key.pem"), key, { mode: 0o600 });
  await tryDocker(["rm", "--force", registryName(lab)]);
  await docker(runArguments(lab, all.registry.tag, folder));
  await pRetry(() => answers(lab, authority.pem), { retries: 100, minTimeout: 100, factor: 1 });
}

/** Stops it; what was pushed stays. */
export async function stopRegistry(lab: Named): Promise<void> {
  await tryDocker(["rm", "--force", "--volumes", registryName(lab)]);
}

/** It is gone as by a crash, with its container kept for reviveRegistry. */
export async function breakRegistry(lab: Named): Promise<void> {
  await tryDocker(["kill", registryName(lab)]);
}

/** Resolves when it answers again. */
export async function reviveRegistry(lab: Lab): Promise<void> {
  await docker(["start", registryName(lab)]);
  const authority = await rootAuthority(lab);
  await pRetry(() => answers(lab, authority.pem), { retries: 100, minTimeout: 100, factor: 1 });
}

/** Removes its container, what was pushed, and this machine's trust in it. */
export async function forgetRegistry(lab: Named): Promise<void> {
  await stopRegistry(lab);
  await rm(trustFolder(lab), { recursive: true, force: true });
  await rm(join(lab.directory, "registry"), { recursive: true, force: true });
}

function runArguments(lab: Lab, image: string, folder: string): string[] {
  return [
    "run", "--detach",
    "--name", registryName(lab),
    ...labLabels(lab).flatMap((label) => ["--label", label]),
    "--network", bridgeName(lab),
    "--ip", lab.subnet(3),
    "--volume", `${join(folder, "storage")}:/var/lib/registry`,
    "--volume", `${folder}:/tls:ro`,
    "--env", "REGISTRY_HTTP_TLS_CERTIFICATE=/tls/certificate.pem",
    "--env", "REGISTRY_HTTP_TLS_KEY=/tls/key.pem",
    "--log-opt", "max-size=1m",
    "--restart", "unless-stopped",
    image,
  ];
}

function answers(lab: Lab, authority: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(`https://${registryAddress(lab)}/v2/`, { ca: authority, timeout: 1000 }, (response) => {
      response.resume();
      response.statusCode === 200 ? resolve() : reject(new Error(`registry ${registryAddress(lab)} answered ${response.statusCode}, expected 200`));
    });
    call.on("timeout", () => call.destroy(new Error(`registry ${registryAddress(lab)} did not answer within 1 s`)));
    call.on("error", reject);
    call.end();
  });
}
