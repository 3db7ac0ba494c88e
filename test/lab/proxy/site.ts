/** A real proxy and releases behind it, in a Docker network of their own: what a host's proxy does, without a host. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, type Dispatcher } from "undici";
import type { Command } from "../../../deploy/host/command.ts";
import { CERTIFICATE, CERTIFICATE_KEY, TLS } from "../../../deploy/host/paths.ts";
import type { Route } from "../../../deploy/host/proxy.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import type { Result, Runner } from "../../../deploy/remote/runner.ts";
import { readRecipes } from "../../../lab/images/recipes.ts";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
const server = join(import.meta.dirname, "../../fixtures/answering-app/server.mjs");

export interface ProxySite {
  /** Name of its Docker network; containers' names begin with it. */
  network: string;
  proxy: string;
  /** Starts a release and returns its container's name. Variables make it slow (MS) or failing (STATUS). */
  release(version: string, variables?: Record<string, string>): string;
  /** Runs what is meant for a host and its proxy. */
  runner: Runner;
  run(command: Command): Promise<Result>;
  must(command: Command): Promise<string>;
  route(container: string, hosts: string[]): Route;
  /** Requests for any name go to the proxy. */
  road(): Dispatcher;
  docker: typeof docker;
  remove(): void;
}

export function openProxySite(): ProxySite {
  const network = `etage-proxy-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), "etage-proxy-"));
  chmodSync(folder, 0o755);
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=example.com",
    "-addext", "subjectAltName=DNS:example.com,DNS:*.example.com", "-keyout", join(folder, CERTIFICATE_KEY.slice(TLS.length)), "-out", join(folder, CERTIFICATE.slice(TLS.length))], { stdio: "ignore" });
  chmodSync(join(folder, CERTIFICATE_KEY.slice(TLS.length)), 0o644);
  const { all } = readRecipes();
  const proxy = `${network}-proxy`;
  const started: string[] = [];
  const remove = (): void => {
    if (started.length > 0) docker("rm", "--force", "--volumes", ...started);
    docker("network", "rm", network);
    rmSync(folder, { recursive: true });
  };
  docker("network", "create", network);
  try {
    docker("run", "--detach", "--name", proxy, "--network", network, "--volume", `${folder}:${TLS}:ro`, all["kamal-proxy"].tag, "kamal-proxy", "run", "--metrics-port", "9090");
    started.push(proxy);
  } catch (error) {
    remove();
    throw error;
  }
  const address = docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", proxy);
  const local = new LocalRunner();
  const run = (command: Command): Promise<Result> => local.run(here(command, proxy), { timeout: 90_000 });
  return {
    network, proxy, run, runner: { host: "shared", alive: true, run, close: async () => {} }, docker, remove,
    async must(command) {
      const { code, stdout, stderr } = await run(command);
      if (code !== 0) throw new Error(`ended with ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    release(version, variables = {}) {
      const name = `${network}-${version}-${started.length}`;
      docker("run", "--detach", "--name", name, "--network", network, "--restart", "unless-stopped", "--volume", `${server}:/server.mjs:ro`,
        ...Object.entries({ ...variables, RELEASE: version }).flatMap(([key, value]) => ["--env", `${key}=${value}`]), all.node.tag, "node", "/server.mjs");
      started.push(name);
      return name;
    },
    route: (container, hosts) => ({ target: `${container}:3000`, hosts, healthPath: "/health/ready", drainSeconds: 20, forwardHeaders: false }),
    road: () => new Agent({
      connections: 64, connect: { rejectUnauthorized: false, lookup: ((_name: string, _wants: unknown, done: (error: null, found: object[]) => void) => done(null, [{ address, family: 4 }])) as never },
    }),
  };
}

/** The same command for a proxy that has another name. */
function here(command: Command, proxy: string): Command {
  if (Array.isArray(command)) return command.map((word: string, at: number) => word === "proxy" && ["exec", "traffic"].includes(command[at - 1]!) ? proxy : word);
  if ("all" in command) return { all: command.all.map((part) => here(part, proxy)) };
  if ("any" in command) return { any: command.any.map((part) => here(part, proxy)) };
  if ("together" in command) return { together: command.together.map(([name, part]) => [name, here(part, proxy)] as const) };
  if ("sections" in command) return { sections: command.sections.map(([name, part]) => [name, here(part, proxy)] as const) };
  return command;
}
