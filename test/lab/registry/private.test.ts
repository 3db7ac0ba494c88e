/** A private registry: a release built for it, read from it and pulled from it, with a password that stays out of sight. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pRetry from "p-retry";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../../../deploy/context.ts";
import { pull } from "../../../deploy/host/docker.ts";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import { openRegistry } from "../../../deploy/registry/client.ts";
import { findDigest } from "../../../deploy/registry/digest.ts";
import { dockerConfig } from "../../../deploy/registry/login.ts";
import { buildRelease } from "../../../deploy/release/build.ts";
import { factsReader, pullBytes } from "../../../deploy/release/facts.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import { mustRun } from "../../../deploy/remote/runner.ts";
import { render } from "../../../deploy/remote/shell.ts";
import { buildImages } from "../../../lab/images/build.ts";

const login = { username: "ada", password: "s3cret pass:word" };
// bcrypt of that password, as htpasswd -B makes it.
const HTPASSWD = "ada:$2y$05$abcdefghijklmnopqrstuuWqE.ZbojV4lW1JhHwMXr3EQklLDUc6y\n";
const docker = (...words: string[]): string => execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

describe("a private registry", () => {
  const runner = new LocalRunner();
  const journal = openSqlite(":memory:");
  let folder: string;
  let container: string;
  let repository: { registry: string; path: string };
  let digest: string;
  const leftBehind = (): string[] => ["/dev/shm", "/tmp"].flatMap((place) => readdirSync(place)).filter((name) => name.startsWith("etage-login."));
  const image = (): string => `${repository.registry}/shop/app`;
  const open = (password = login.password) => openRegistry(repository, async () => ({ ...login, password }));
  const build = (version: string, migrations: string) => {
    writeFileSync(join(folder, "context", "Dockerfile"), `FROM ${base}\nENTRYPOINT ["sh", "-c", ${JSON.stringify(`echo '${migrations}'`)}]\nCMD ["serve"]\nLABEL version=${version}\n`);
    const context = { repository, registry: open(), journal, report: { text: () => {}, event: () => {}, data: () => {} }, environment: { operator: "ada", machine: "laptop" }, now: () => new Date() } as unknown as Context;
    return buildRelease(context, runner, { version, folder: join(folder, "context"), push: true, force: true, verbose: false });
  };
  let base: string;

  beforeAll(async () => {
    const { all } = await buildImages();
    base = all.base.tag;
    folder = mkdtempSync(join(tmpdir(), "etage-registry-"));
    execFileSync("mkdir", [join(folder, "context"), join(folder, "login")]);
    writeFileSync(join(folder, "htpasswd"), HTPASSWD);
    container = docker("run", "--detach", "--publish", "127.0.0.1::5000", "--volume", `${folder}:/auth:ro`, "--env", "REGISTRY_AUTH=htpasswd",
      "--env", "REGISTRY_AUTH_HTPASSWD_REALM=shop", "--env", "REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd", all.registry.tag);
    repository = { registry: docker("port", container, "5000"), path: "shop/app" };
    await pRetry(() => fetch(`http://${repository.registry}/v2/`), { retries: 50, minTimeout: 100, factor: 1 });
    // The operator is logged in, for the push; hosts are not.
    writeFileSync(join(folder, "login", "config.json"), dockerConfig(repository.registry, login));
    process.env.DOCKER_CONFIG = join(folder, "login");
    ({ digest } = await build("v1", '[{"name":"0001","reversible":true}]'));
    await build("v2", '[{"name":"0001"},{"name":"0002","reversible":false}]');
    delete process.env.DOCKER_CONFIG;
  });
  const forget = (): void => {
    const tags = docker("images", "--format", "{{.Repository}}:{{.Tag}}", image()).split("\n").filter(Boolean);
    if (tags.length > 0) docker("rmi", "--force", ...tags);
  };
  beforeEach(forget);
  afterAll(() => {
    delete process.env.DOCKER_CONFIG;
    forget();
    if (container) docker("rm", "--force", "--volumes", container);
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("tells the operator's login, and nobody else, what a release brings", async () => {
    const facts = factsReader(() => open(), () => openSqlite(":memory:"));
    const to = { version: "v2", digest: (await findDigest(open(), "v2"))! };
    const [v1, v2] = [await facts({ version: "v1", digest }), await facts(to)];
    expect(v1.migrations).toEqual([{ name: "0001", reversible: true }]);
    expect(v2.migrations).toEqual([{ name: "0001", reversible: true }, { name: "0002", reversible: false }]);
    expect(v2.image!.labels).toMatchObject({ version: "v2", "org.opencontainers.image.version": "v2" });
    expect([pullBytes(v1, v2), pullBytes(null, v2)! > 10_000_000]).toEqual([0, true]);
    await expect(findDigest(open("wrong"), "v1")).rejects.toThrow("refuses us");
  });

  it("lets a host pull with a login that it forgets", async () => {
    const command = pull(`${image()}@${digest}`, `${image()}:v1`, { login: true });
    expect(render(command)).not.toContain("s3cret");
    await mustRun(runner, "pulling", command, { stdin: dockerConfig(repository.registry, login) });
    expect(docker("image", "inspect", `${image()}:v1`, "--format", "{{index .RepoDigests 0}}")).toBe(`${image()}@${digest}`);
    expect(leftBehind()).toEqual([]);
    // Once it is there, neither registry nor login are needed.
    await mustRun(runner, "pulling", pull(`${image()}@${digest}`, `${image()}:v1`));
  });

  it("sends away who has none or a wrong one, without a word about it", async () => {
    await expect(mustRun(runner, "pulling", pull(`${image()}@${digest}`, `${image()}:v1`))).rejects.toThrow(/no basic auth credentials/);
    const stdin = dockerConfig(repository.registry, { ...login, password: "s3cret but wrong" });
    const fault = await mustRun(runner, "pulling", pull(`${image()}@${digest}`, `${image()}:v1`, { login: true }), { stdin }).catch((error: Error) => error.message);
    expect(fault).toMatch(/unauthorized|authentication required/);
    expect(fault).not.toContain("s3cret");
    expect(leftBehind()).toEqual([]);
  });
});
