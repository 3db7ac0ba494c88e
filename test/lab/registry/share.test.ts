/** One host's image for others: fetched from a real private registry, served, pulled by a real Docker engine. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pRetry from "p-retry";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pull } from "../../../deploy/host/docker.ts";
import { endShare, fetchInput, fetchShare, receiveShare, type Share, startShare } from "../../../deploy/host/share.ts";
import { openRegistry } from "../../../deploy/registry/client.ts";
import { findDigest } from "../../../deploy/registry/digest.ts";
import { type Image, MANIFESTS, readImage } from "../../../deploy/registry/image.ts";
import { dockerConfig } from "../../../deploy/registry/login.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import { mustRun } from "../../../deploy/remote/runner.ts";
import { readable } from "../../../deploy/remote/shell.ts";
import { buildImages } from "../../../lab/images/build.ts";

const login = { username: "ada", password: "s3cret pass:word" };
// bcrypt of that password, as htpasswd -B makes it.
const HTPASSWD = "ada:$2y$05$abcdefghijklmnopqrstuuWqE.ZbojV4lW1JhHwMXr3EQklLDUc6y\n";
const docker = (...words: string[]): string => execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

describe("a share", () => {
  const runner = new LocalRunner();
  let folder: string;
  let container: string;
  let repository: { registry: string; path: string };
  let digest: string;
  let image: Image;
  let share: Share;
  let shares = 0;
  const name = (): string => `${repository.registry}/shop/app`;
  const fetched = (): string[] => [...image.manifests, image.id, ...image.layers.map((layer) => layer.digest)];
  const fetch = async (headers?: Record<string, string>): Promise<void> => {
    const registry = openRegistry(repository, async () => login);
    await readImage(registry, digest);
    const parts = await Promise.all(fetched().map(async (part) => ({ digest: part, ...await registry.request(image.manifests.includes(part) ? "manifests" : "blobs", part) })));
    const stdin = fetchInput(parts, headers ?? { ...parts[0]!.headers, accept: MANIFESTS });
    await mustRun(runner, "fetching", fetchShare(share, repository.registry, fetched()), { stdin });
  };
  const start = async (): Promise<number> => Number(await mustRun(runner, "serving", startShare(share, "127.0.0.1")));
  const receive = (port: number, config?: string) => runner.run(receiveShare(share, "127.0.0.1", port, pull(`${name()}@${digest}`, `${name()}:v1`, { login: config !== undefined })), { stdin: config ?? "" });
  const forget = (): void => {
    const there = docker("images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}", name()).split("\n").filter(Boolean).map((line) => line.split(" ")[0]!);
    if (there.length > 0) docker("rmi", "--force", ...there);
  };

  beforeAll(async () => {
    const { all } = await buildImages();
    folder = mkdtempSync(join(tmpdir(), "etage-share-"));
    writeFileSync(join(folder, "htpasswd"), HTPASSWD);
    container = docker("run", "--detach", "--publish", "127.0.0.1::5000", "--volume", `${folder}:/auth:ro`, "--env", "REGISTRY_AUTH=htpasswd",
      "--env", "REGISTRY_AUTH_HTPASSWD_REALM=shop", "--env", "REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd", all.registry.tag);
    repository = { registry: docker("port", container, "5000"), path: "shop/app" };
    await pRetry(() => globalThis.fetch(`http://${repository.registry}/v2/`), { retries: 50, minTimeout: 100, factor: 1 });
    // Layers that no other image of this machine has: what is there already would not travel.
    execFileSync("docker", ["build", "--tag", `${name()}:v1`, "-"], { input: `FROM ${all.base.tag}\nRUN head -c 3000000 /dev/urandom >/noise && echo ${folder} >/own\n`, stdio: ["pipe", "ignore", "pipe"] });
    writeFileSync(join(folder, "config.json"), dockerConfig(repository.registry, login));
    execFileSync("docker", ["push", "--quiet", `${name()}:v1`], { env: { ...process.env, DOCKER_CONFIG: folder } });
    const registry = openRegistry(repository, async () => login);
    digest = (await findDigest(registry, "v1"))!;
    image = (await readImage(registry, digest))!;
    // Without its own image Docker forgets which layers it knows by which digest.
    forget();
  });
  afterEach(async () => {
    await runner.run(endShare(share));
    forget();
  });
  afterAll(() => {
    forget();
    if (container) docker("rm", "--force", "--volumes", container);
    if (folder) rmSync(folder, { recursive: true });
  });
  const fresh = (): void => {
    shares += 1;
    share = { token: `${process.pid.toString(16)}${shares}`.padStart(32, "a"), digest };
  };

  it("gives what the registry has, checked by its digest, and leaves nothing", async () => {
    fresh();
    await fetch();
    const port = await start();
    // The registry has nothing but the manifest and the configuration any more: the layers can only come from the share.
    const away = (from: string, to: string): void => image.layers.forEach((layer) => {
      const hex = layer.digest.slice("sha256:".length);
      docker("exec", container, "sh", "-c", 'cd "$1" && mv "$2" "$3"', "sh", `/var/lib/registry/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}`, from, to);
    });
    away("data", "away");
    const got = await receive(port, dockerConfig(repository.registry, login)).finally(() => away("away", "data"));
    expect(got).toMatchObject({ code: 0 });
    expect(docker("image", "inspect", `${name()}@${digest}`, "--format", "{{.Id}} {{json .RepoTags}}")).toBe(`${image.id} ["${name()}:v1"]`);
    expect(docker("images", "--format", "{{.Repository}}")).not.toContain(share.token);
    await mustRun(runner, "ending", endShare(share));
    expect(existsSync(`/var/tmp/etage-share.${share.token}`)).toBe(false);
    await expect(globalThis.fetch(`http://127.0.0.1:${port}/v2/`)).rejects.toThrow();
  });

  it("gives nothing to who does not know its path, and nothing else to who does", async () => {
    fresh();
    await fetch();
    const port = await start();
    const ask = async (path: string): Promise<number> => (await globalThis.fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect(await Promise.all([
      `/v2/${share.token}/image/manifests/${digest}`, `/v2/${"b".repeat(32)}/image/manifests/${digest}`, `/v2/${share.token}/image/blobs/sha256:${"0".repeat(64)}`,
      `/v2/${share.token}/image/blobs/../pid`, `/${share.token}/port`, "/",
    ].map(ask))).toEqual([200, 404, 404, 404, 404, 404]);
  });

  it("that was tampered with is refused by Docker", async () => {
    fresh();
    await fetch();
    const layer = image.layers.at(-1)!.digest;
    execFileSync("sh", ["-c", 'head -c 100 /dev/urandom >>"$1"', "sh", `/var/tmp/etage-share.${share.token}/${layer}`]);
    const got = await receive(await start(), dockerConfig(repository.registry, login));
    expect(got.code).not.toBe(0);
    expect(got.stderr).toMatch(/verification failed|unexpected EOF|filesystem layer/);
    expect(docker("images", "--quiet", name())).toBe("");
  });

  it("is not begun with less than the whole image, and asks with the login over standard input", async () => {
    fresh();
    await expect(fetch({ accept: MANIFESTS })).rejects.toThrow(/401/);
    expect(readable(fetchShare(share, repository.registry, fetched()))).toBe(`'<fetch-share>' /var/tmp/etage-share.${share.token} ${repository.registry} ${fetched().join(" ")}`);
  });
});
