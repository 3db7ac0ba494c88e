/** A copy of the project whose fleet is as large as one likes: customers, stacks, and the simulated hosts they lead to. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectations, wantedOf } from "../../deploy/rollout/wanted.ts";
import { copyProject } from "../../drills/site/site.ts";
import { newKeyPair } from "../../infra/openssh-key.ts";
import type { Host } from "../../model/fleet.ts";
import { fingerprint, type Outputs, type Secrets } from "../../model/outputs.ts";
import { readModel } from "../../model/read.ts";
import { checkpoint, Sealer } from "./checkpoint.ts";
import { digestOf } from "./registry.ts";
import type { ServeOptions } from "./serve.ts";

export interface Project {
  directory: string;
  environment: Record<string, string>;
  /** Path of what serve.ts begins with. */
  hosts: string;
  /** Makes the fleet that large, `shared` included; `concurrency`: of its one ring. */
  resize(hosts: number, concurrency: number): void;
  remove(): void;
}

/** Each host listens at a loopback address of its own, 127.N.0.1 and on; N is one that no other fleet on this machine has. */
const PORT = 2222;
const NETWORKS = { first: 80, last: 250 };
const PASSPHRASE = "bench";
/** What every host runs at the beginning. */
const FIRST = "v1";

export interface ProjectOptions extends Pick<ServeOptions, "delay" | "pace"> {
  /** Hosts that there are, `shared` included. */
  size: number;
  /** Address of the registry. */
  registry: string;
}

export async function makeProject(options: ProjectOptions): Promise<Project> {
  const { size, registry } = options;
  const directory = mkdtempSync(join(tmpdir(), "etage-fleet-"));
  try {
    copyProject(directory);
    const key = join(directory, ".bench", "operator");
    mkdirSync(join(directory, ".bench"), { recursive: true });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", key]);
    const project: Project = {
      directory,
      hosts: join(directory, ".bench", "hosts.json"),
      environment: {
        ETAGE_SSH_KEY: key, ETAGE_REGISTRY: registry, ETAGE_RESOLVER: "", ETAGE_STATE: "",
        PULUMI_BACKEND_URL: `file://${join(directory, ".bench", "pulumi")}`, PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      },
      resize: (hosts, concurrency) => writeFleet(directory, hosts, concurrency),
      remove: () => rmSync(directory, { recursive: true, force: true }),
    };
    project.resize(size, 1);
    writeHosts(project, options, await freeNetwork());
    return project;
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

function writeFleet(directory: string, hosts: number, concurrency: number): void {
  const dedicated = Array.from({ length: hosts - 1 }, (_, at) => `  - { slug: customer-${at + 1}, name: Customer ${at + 1}, tier: dedicated, phase: live, email: c${at + 1}@example.com }\n`);
  const shared = Array.from({ length: 14 }, (_, at) => `  - { slug: small-${at + 1}, name: Small ${at + 1}, tier: shared }\n`);
  writeFileSync(join(directory, "customers.yaml"), `customers:\n${[...dedicated, ...shared].join("")}`);
  const file = join(directory, "hosting.yaml");
  const text = readFileSync(file, "utf8")
    .replace(/^  rings:\n(?: {4}.*\n)+/m, "  rings: []\n")
    .replace(/^  rings: .*\n/m, `  rings: [{ name: all, tier: dedicated, concurrency: ${concurrency} }]\n`)
    .replace(/^network:.*\n/m, "").replace(/^domain:/m, "network: { subnet: 10.0.0.0/16 }\ndomain:");
  writeFileSync(file, text);
}

function writeHosts(project: Project, { size, delay, pace, registry }: ProjectOptions, network: number): void {
  const { directory } = project;
  const { fleet } = readModel(directory);
  const name = /^name: *(\S+)/m.exec(readFileSync(join(directory, "Pulumi.yaml"), "utf8"))![1]!;
  const stacks = join(directory, ".bench", "pulumi", ".pulumi", "stacks", name);
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(directory, ".bench", "pulumi", ".pulumi", "meta.yaml"), "version: 1\n");
  const sealer = new Sealer(PASSPHRASE);
  const certificate = selfSigned(directory);
  const release = { version: FIRST, digest: digestOf(FIRST), repository: `${registry}/epica/app` };
  const hosts = fleet.hosts.slice(0, size).map((host, at): ServeOptions["hosts"][number] => {
    const address = `127.${network}.${Math.floor(at / 250)}.${at % 250 + 1}`;
    const { privateKey, publicKey } = newKeyPair();
    const secrets: Secrets = { databaseUrl: `postgres://app:${host.name}@postgres:5432/app`, redisUrl: `redis://:${host.name}@redis:6379`, certificateKey: `key of ${host.name}` };
    const outputs = outputsOf(host, `${address}:${PORT}`, publicKey, certificate, secrets);
    writeFileSync(join(stacks, `${host.name}.json`), checkpoint(name, host.name, outputs, secrets, sealer));
    const wanted = wantedOf(fleet.platform, host, outputs, release);
    return {
      name: host.name, address, port: PORT, privateKey, services: outputs.services, routes: [...wanted.routeHosts],
      tenants: Object.fromEntries(expectations(host, outputs.hostnames).map(({ hostname, tenant }) => [hostname, tenant ?? ""])),
      files: Object.fromEntries(wanted.files.map(({ path, sha256 }) => [path, sha256])), tenantsSum: fingerprint(wanted.tenants),
      release: { version: FIRST, digest: release.digest, since: "2026-01-01T00:00:00.000Z", settings: wanted.settings },
    };
  });
  const operator = readFileSync(`${project.environment.ETAGE_SSH_KEY}.pub`, "utf8").trim();
  writeFileSync(project.hosts, JSON.stringify({ delay, pace, operator, hosts } satisfies ServeOptions));
}

function outputsOf(host: Host, address: string, hostKey: string, certificate: string, secrets: Secrets): Outputs {
  return {
    host: host.name, address, privateAddress: "10.0.1.2", user: "deploy", hostKey, dataPath: "/mnt/data", network: "etage",
    services: ["proxy", "postgres", "redis"], hostnames: host.hostnames, certificate, database: { user: "app", name: "app" },
    fingerprints: { databaseUrl: fingerprint(secrets.databaseUrl), redisUrl: fingerprint(secrets.redisUrl), certificateKey: fingerprint(secrets.certificateKey) },
  };
}

async function freeNetwork(): Promise<number> {
  for (let network = NETWORKS.first; network <= NETWORKS.last; network += 1) {
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => server.once("error", () => resolve(false)).listen(PORT, `127.${network}.0.1`, () => resolve(true)));
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return network;
  }
  throw new Error(`no loopback network from 127.${NETWORKS.first} to 127.${NETWORKS.last} has port ${PORT} free`);
}

/** A certificate to be read; nobody connects with it. */
function selfSigned(directory: string): string {
  const path = join(directory, ".bench", "certificate.pem");
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "/dev/null"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-subj", "/CN=bench", "-days", "5000", "-out", path], { stdio: "ignore" });
  return readFileSync(path, "utf8");
}
