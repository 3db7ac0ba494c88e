/** The lab's object store: an S3 server that hosts send their backups to, on a disk of its own that can run full. */
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import pRetry from "p-retry";
import { issue, rootAuthority } from "../ca.ts";
import { ports, type Lab } from "../context.ts";
import { openSecrets } from "../control/identity.ts";
import { buildImages } from "../images/build.ts";
import { docker, run, tryDocker } from "../machines/command.ts";
import { mountFile } from "../machines/mounts.ts";
import { bridgeName, labLabels, storageFile, storageMount, storageName } from "../machines/names.ts";
import { bucket } from "./bucket.ts";

type Named = Pick<Lab, "number" | "directory">;

/** Sparse: takes what is stored, up to this. */
const gigabytes = 50;
/** Where the server answers whoever asks, without a key. */
const healthPath = "/healthy";

/** host:port of the lab's object store. */
export const storageAddress = (lab: Pick<Lab, "subnet">): string => `${lab.subnet(4)}:${ports.storage}`;

/** Starts it (the bridge must be there), with its bucket; resolves when it answers. */
export async function startStorage(lab: Lab): Promise<void> {
  const { all } = await buildImages(lab.log);
  await attach(lab);
  const tls = tlsFolder(lab);
  await mkdir(tls, { recursive: true });
  const { certificate, key } = await issue(lab, { names: [], addresses: [lab.subnet(4)] });
  await writeFile(join(tls, "certificate.pem"), certificate);
  await writeFile(join(tls, "key.pem"), key, { mode: 0o600 });
  const { storageAccessKey, storageSecretKey } = openSecrets(lab.directory);
  // Docker's file for the environment: arguments are seen by all users of this machine.
  await writeFile(join(tls, "keys.env"), `ROOT_ACCESS_KEY=${storageAccessKey}\nROOT_SECRET_KEY=${storageSecretKey}\n`, { mode: 0o600 });
  await tryDocker(["rm", "--force", storageName(lab)]);
  await docker(runArguments(lab, all.versitygw.tag));
  await answering(lab);
}

/** Stops it; what was stored stays. */
export async function stopStorage(lab: Named): Promise<void> {
  await tryDocker(["rm", "--force", "--volumes", storageName(lab)]);
}

/** It is gone as by a crash. */
export async function breakStorage(lab: Named): Promise<void> {
  await tryDocker(["kill", storageName(lab)]);
}

/** It has no room for one more byte. */
export async function fillStorage(lab: Named): Promise<void> {
  const { bfree, bsize } = await statfs(storageMount(lab));
  // Allocated, not written: takes no room of this machine's. The last blocks go to a file that is.
  await run("fallocate", ["--length", String(Math.max(bsize, (bfree - 2048) * bsize)), filler(lab)], { mayFail: true });
  await run("dd", ["if=/dev/zero", `of=${filler(lab)}.rest`, "bs=4096"], { mayFail: true });
}

/** Resolves when it answers again and has room. */
export async function mendStorage(lab: Lab): Promise<void> {
  await Promise.all([filler(lab), `${filler(lab)}.rest`].map((file) => rm(file, { force: true })));
  await docker(["start", storageName(lab)]);
  await answering(lab);
}

/** Nothing is stored any more; full or broken, it is whole again. */
export async function emptyStorage(lab: Lab): Promise<void> {
  const folder = join(storageMount(lab), "data", bucket);
  for (const name of existsSync(folder) ? await readdir(folder) : []) await rm(join(folder, name), { recursive: true, force: true });
  await mendStorage(lab);
}

const tlsFolder = (lab: Pick<Lab, "directory">): string => join(lab.directory, "storage");
// On its disk, but in no folder that it sees.
const filler = (lab: Pick<Lab, "directory">): string => join(storageMount(lab), "filler");

/** Its disk: a file system of its own, so that it can be filled, and has the extended attributes that the server keeps names in. */
async function attach(lab: Lab): Promise<void> {
  if (!existsSync(storageFile(lab))) {
    await run("truncate", ["--size", `${gigabytes}G`, storageFile(lab)]);
    await run("mkfs.ext4", ["-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", storageFile(lab)]);
  }
  await mountFile(storageFile(lab), storageMount(lab));
  // A folder is a bucket, the root user's.
  await mkdir(join(storageMount(lab), "data", bucket), { recursive: true });
}

function runArguments(lab: Lab, image: string): string[] {
  return [
    "run", "--detach",
    "--name", storageName(lab),
    ...labLabels(lab).flatMap((label) => ["--label", label]),
    "--network", bridgeName(lab),
    "--ip", lab.subnet(4),
    // Not restarted by Docker, and no folder made for it: after a restart of this machine its disk is mounted first.
    "--mount", `type=bind,source=${join(storageMount(lab), "data")},target=/data`,
    "--volume", `${tlsFolder(lab)}:/tls:ro`,
    "--env-file", join(tlsFolder(lab), "keys.env"),
    "--log-opt", "max-size=1m",
    image,
    "--port", `:${ports.storage}`, "--cert", "/tls/certificate.pem", "--key", "/tls/key.pem", "--health", healthPath, "--quiet",
    "posix", "/data",
  ];
}

async function answering(lab: Lab): Promise<void> {
  const authority = await rootAuthority(lab);
  await pRetry(() => answers(lab, authority.pem), { retries: 100, minTimeout: 100, factor: 1 });
}

function answers(lab: Lab, authority: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(`https://${storageAddress(lab)}${healthPath}`, { ca: authority, timeout: 1000 }, (response) => {
      response.resume();
      response.statusCode === 200 ? resolve() : reject(new Error(`object store ${storageAddress(lab)} answered ${response.statusCode}, expected 200`));
    });
    call.on("timeout", () => call.destroy(new Error(`object store ${storageAddress(lab)} did not answer within 1 s`)));
    call.on("error", reject);
    call.end();
  });
}
