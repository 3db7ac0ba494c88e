/** Two hosts as the cloud gives them, each with proxy, PostgreSQL and a small app, so that a customer can go from one to the other under load. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerName as machineName } from "../../../lab/machines/names.ts";
import { run } from "../../../lab/machines/command.ts";
import { cloudInit } from "../../../infra/cloud-init.ts";
import type { LinkedHost } from "../../../deploy/move/link.ts";
import { connectSsh } from "../../../deploy/remote/ssh.ts";
import { openSite, type Site } from "../../lab/machines/site.ts";

const root = join(import.meta.dirname, "../../..");
/** The PostgreSQL client and what it leans on, for the app in the machine. */
const PACKAGES = ["pg", "pg-connection-string", "pg-int8", "pg-pool", "pg-protocol", "pg-types", "pgpass", "postgres-array", "postgres-bytea", "postgres-date", "postgres-interval", "split2", "xtend"];
export const APP = "app-v1-abc";
export const DATA_PATH = "/mnt/data";

export interface TwoHosts {
  site: Site;
  source: LinkedHost;
  target: LinkedHost;
  /** Runs a shell line as root in a machine; throws with its output. */
  on(host: "source" | "target", line: string): Promise<string>;
  /** Where the proxy of a host is. */
  address(host: "source" | "target"): string;
  /** The power goes and comes back. */
  powerCycle(host: "source" | "target"): Promise<void>;
  /** A program's SQL in a host's database; its output. */
  sql(host: "source" | "target", text: string): Promise<string>;
  remove(): Promise<void>;
}

const ids = { source: 1, target: 2 } as const;

const SERVICES = `set -e
mkdir -p ${DATA_PATH}/uploads ${DATA_PATH}/proxy ${DATA_PATH}/app && chown 10001:10001 ${DATA_PATH}/uploads ${DATA_PATH}/proxy
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=example.com -addext subjectAltName=DNS:example.com,DNS:*.example.com -keyout /etc/etage/tls/key.pem -out /etc/etage/tls/certificate.pem 2>/dev/null
chown root:10001 /etc/etage/tls/*; chmod 0640 /etc/etage/tls/*
docker network create etage
docker run -d --pull never --name postgres --network etage --restart unless-stopped -e POSTGRES_USER=app -e POSTGRES_PASSWORD=secret-word postgres:18 -c wal_level=logical
docker run -d --pull never --name proxy --restart unless-stopped --network etage --user 10001:10001 -e HOME=/home/kamal-proxy -v ${DATA_PATH}/proxy:/home/kamal-proxy/.config/kamal-proxy -v /etc/etage/tls:/etc/etage/tls:ro -p 80:80 -p 443:443 basecamp/kamal-proxy:v0.9.2 kamal-proxy run --metrics-port 9090`;

/** Starts an app and lets the proxy lead to it, one line each; it answers with `release` in its header x-host. */
export const serve = (release: string, name = APP): string => `docker run -d --pull never --name ${name} --network etage --restart unless-stopped --user 10001:10001 -e RELEASE=${release} -v ${DATA_PATH}/app:/app:ro -v ${DATA_PATH}/uploads:/data/uploads node:24-slim node /app/server.mjs
docker exec proxy kamal-proxy deploy app --target ${name}:3000 --host example.com --host '*.example.com' --tls --tls-certificate-path /etc/etage/tls/certificate.pem --tls-private-key-path /etc/etage/tls/key.pem --health-check-path /health/ready`;

export async function openTwoHosts(schema: string): Promise<TwoHosts> {
  const site = await openSite();
  const folder = mkdtempSync(join(tmpdir(), "etage-two-hosts-"));
  const key = async (name: string): Promise<{ privateKey: string; publicKey: string }> => {
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
    const read = (file: string): string => readFileSync(join(folder, file), "utf8");
    return { privateKey: read(name), publicKey: read(`${name}.pub`).split(" ").slice(0, 2).join(" ").trim() };
  };
  const operator = await key("operator");
  const address = (host: "source" | "target"): string => site.lab.subnet(10 + ids[host]);
  const on = async (host: "source" | "target", line: string): Promise<string> => {
    const { ok, output } = await site.on(ids[host], line);
    if (!ok) throw new Error(`${host}: ${output}`);
    return output;
  };
  const sql = async (host: "source" | "target", text: string): Promise<string> =>
    await run("docker", ["exec", "-i", machineName(site.lab, ids[host]), "docker", "exec", "-i", "postgres", "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "app", "-d", "app"], { input: text });
  const connect: { [host in "source" | "target"]?: () => Promise<LinkedHost["runner"]> } = {};
  const start = async (host: "source" | "target"): Promise<LinkedHost> => {
    const hostKey = await key(host);
    await site.machines.create(site.spec(ids[host], { userData: cloudInit({ operatorKeys: [operator.publicKey], hostKey }) }));
    await site.until(ids[host], "cloud-init status --wait && docker version");
    await on(host, SERVICES);
    const packages = spawn("tar", ["-C", root, "-c", ...PACKAGES.map((name) => `node_modules/${name}`), "-C", join(root, "test/fixtures/moving-app"), "server.mjs"], { stdio: ["ignore", "pipe", "inherit"] });
    const put = spawn("docker", ["exec", "-i", machineName(site.lab, ids[host]), "tar", "-C", `${DATA_PATH}/app`, "-x", "--no-same-owner"], { stdio: [packages.stdout, "ignore", "inherit"] });
    await new Promise((done) => put.once("exit", done));
    await site.until(ids[host], "docker exec postgres pg_isready -q -h 127.0.0.1 -U app");
    await sql(host, schema);
    await site.until(ids[host], serve(host).split("\n")[0]!, 1);
    await site.until(ids[host], serve(host).split("\n")[1]!, 30);
    connect[host] = () => connectSsh({ host, address: address(host), user: "deploy", hostKey: hostKey.publicKey }, { keyPath: join(folder, "operator") });
    return { runner: await connect[host]!(), outputs: { host, user: "deploy", privateAddress: address(host), hostKey: hostKey.publicKey, dataPath: DATA_PATH, network: "etage", database: { user: "app", name: "app" } } };
  };
  const remove = async (): Promise<void> => {
    await site.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [source, target] = await Promise.all([start("source"), start("target")]);
    const ends = { source, target };
    return {
      site, source, target, on, address, sql,
      async powerCycle(host) {
        await site.machines.kill(ids[host]);
        await site.machines.start(ids[host]);
        await site.until(ids[host], "systemctl is-active ssh docker && docker exec postgres pg_isready -q -h 127.0.0.1 -U app");
        await ends[host].runner.close();
        ends[host].runner = await connect[host]!();
      },
      async remove() {
        await Promise.all([source.runner.close(), target.runner.close()]);
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

export const docker = (...words: string[]): string => execFileSync("docker", words, { encoding: "utf8" });
