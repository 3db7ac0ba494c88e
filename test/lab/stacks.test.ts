/** Stacks by plain Pulumi commands on the lab: what they refuse, what they leave alone, and what becomes of them when a machine dies. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clone, cloneWithLab, type Result } from "../support/clone.ts";

const MINUTES = 60_000;
let clone: Clone;

const pulumi = (...args: string[]): Promise<Result> => clone.run(["pulumi", ...args, "--non-interactive"]);
const up = (stack: string, ...more: string[]): Promise<Result> => pulumi("up", "-s", stack, "--yes", "--skip-preview", ...more);
const said = ({ stdout, stderr }: Result): string => stdout + stderr;
const output = async (stack: string, name: string): Promise<string> => (await clone.must(["pulumi", "stack", "output", name, "-s", stack, "--show-secrets"])).trim();

async function onHost(stack: string, command: string): Promise<string> {
  const address = await output(stack, "address");
  const key = (await output(stack, "hostKey")).split(" ").slice(0, 2).join(" ");
  return clone.must(["ssh", "-i", clone.environment.ETAGE_SSH_KEY!, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=/dev/null",
    "-o", "StrictHostKeyChecking=yes", "-o", `KnownHostsCommand=/bin/echo ${address} ${key}`, `deploy@${address}`, command]);
}

/** What Hetzner's API has, past Pulumi. */
async function hetzner(method: string, path: string, body?: object): Promise<any> {
  const answer = await fetch(`${clone.environment.HCLOUD_ENDPOINT}${path}`, {
    method, headers: { authorization: `Bearer ${clone.environment.HCLOUD_TOKEN}`, "content-type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return answer.json();
}
const serversNamed = async (name: string): Promise<{ id: number }[]> => (await hetzner("GET", `/servers?name=${name}`)).servers;

/** Somebody deletes the server by hand, in the console. */
async function deleteServer(name: string): Promise<void> {
  const [server] = await serversNamed(name);
  await hetzner("POST", `/servers/${server!.id}/actions/change_protection`, { delete: false, rebuild: false });
  await expect.poll(async () => (await hetzner("GET", `/servers/${server!.id}`)).server.protection.delete, { timeout: 10_000 }).toBe(false);
  await hetzner("DELETE", `/servers/${server!.id}`);
  await expect.poll(() => serversNamed(name), { timeout: 30_000 }).toEqual([]);
}

beforeAll(async () => { clone = await cloneWithLab("epica.com.tr"); }, 5 * MINUTES);
afterAll(async () => { await clone.remove(); }, 2 * MINUTES);

describe("before anything is up", () => {
  it("asks for the shared stack first", async () => {
    await clone.must(["pulumi", "stack", "init", "orion"]);
    const result = await up("orion");
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain("Bring up the shared stack first: pulumi up -s shared");
  });

  it.each([
    ["no token", { HCLOUD_TOKEN: "" }, "HCLOUD_TOKEN is not set"],
    ["a wrong Hetzner token", { HCLOUD_TOKEN: "x".repeat(64) }, "does not accept the token in HCLOUD_TOKEN"],
    ["a wrong Cloudflare token", { CLOUDFLARE_API_TOKEN: "x".repeat(40) }, "does not accept the token in CLOUDFLARE_API_TOKEN"],
    ["a dead endpoint", { HCLOUD_ENDPOINT: "http://127.0.0.1:9/v1" }, "Hetzner Cloud does not answer at http://127.0.0.1:9/v1"],
  ])("says what is wrong with %s, and makes nothing", async (_, environment, sentence) => {
    const result = await clone.run(["pulumi", "up", "-s", "orion", "--yes", "--skip-preview", "--non-interactive"], { environment });
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain(sentence);
    expect(await serversNamed("epica-orion")).toEqual([]);
  });

  it("previews a host that does not exist", async () => {
    await clone.must(["pulumi", "stack", "init", "shared"]);
    const result = await pulumi("preview", "-s", "shared");
    expect(result).toMatchObject({ code: 0 });
    expect(said(result)).toMatch(/docker:index:Container shared-postgres create/);
  });
});

describe("a dedicated host", () => {
  beforeAll(async () => {
    for (const stack of ["shared", "orion"]) expect(await up(stack)).toMatchObject({ code: 0 });
  }, 5 * MINUTES);

  it("has healthy services with their data on the volume", async () => {
    const dataPath = await output("orion", "dataPath");
    await expect.poll(() => onHost("orion", "docker ps --format '{{.Names}} {{.Status}}' | grep -c '(healthy)'"), { timeout: 60_000, interval: 1000 }).toBe("3\n");
    expect(await onHost("orion", `sudo ls ${dataPath}/postgres/18/docker/PG_VERSION ${dataPath}/redis/appendonlydir -d`)).toContain("PG_VERSION");
    expect(await onHost("orion", "docker exec postgres psql -U app -d app -tAc 'show wal_level'")).toBe("logical\n");
  }, 2 * MINUTES);

  it("does not write to its system disk when the volume is away", async () => {
    expect(await onHost("orion", "docker inspect -f '{{range .HostConfig.Mounts}}{{.Type}} {{end}}' postgres redis proxy")).toBe("bind \nbind \nbind bind \n");
  });

  it("takes a new memory limit without a restart, and leaves app containers alone", async () => {
    await onHost("orion", "docker run -d --name app-v1-try --network etage --entrypoint sleep debian:bookworm-slim 600");
    const list = "docker ps --no-trunc --format '{{.Names}} {{.ID}}' | sort; docker inspect -f '{{.State.StartedAt}}' postgres";
    const before = await onHost("orion", list);
    clone.edit("hosting.yaml", (text) => text.replace(/(postgres: \{ image: "postgres:18", memoryMegabytes: )\d+/, "$11280"));
    expect(await up("orion")).toMatchObject({ code: 0 });
    expect(await onHost("orion", list)).toBe(before);
    expect(await onHost("orion", "docker inspect -f '{{.HostConfig.Memory}}' postgres")).toBe(`${1280 * 1024 * 1024}\n`);
  }, 2 * MINUTES);

  it("comes back on a new machine, with its data and its key, when the old one was deleted by hand", async () => {
    await onHost("orion", "docker exec postgres psql -U app -d app -c 'create table kept as select 42 as answer'");
    const key = await output("orion", "hostKey");
    await deleteServer("epica-orion");
    expect(await pulumi("refresh", "-s", "orion", "--yes", "--skip-preview", "--target", "**:Server::orion")).toMatchObject({ code: 0 });
    expect(await up("orion")).toMatchObject({ code: 0 });
    expect(await output("orion", "hostKey")).toBe(key);
    await expect.poll(() => onHost("orion", "docker exec postgres psql -U app -d app -tAc 'select answer from kept'"), { timeout: 30_000 }).toBe("42\n");
    const volumes = (await hetzner("GET", "/volumes?name=epica-orion")).volumes;
    expect(volumes.map((volume: { server: number }) => volume.server)).toEqual((await serversNamed("epica-orion")).map(({ id }) => id));
    expect(await up("orion", "--expect-no-changes")).toMatchObject({ code: 0 });
  }, 5 * MINUTES);

  it("refuses to be destroyed while it is protected", async () => {
    const result = await pulumi("destroy", "-s", "orion", "--yes");
    expect(result.code).not.toBe(0);
    expect(said(result)).toContain("protected");
    expect(await serversNamed("epica-orion")).toHaveLength(1);
  });

  it("does not keep anybody waiting when it stands still: previews at once, refuses a refresh within a minute, is destroyed", async () => {
    await clone.must(["bin/lab", "fault", "machine", "epica-orion", "freeze"]);
    expect(await pulumi("preview", "-s", "orion", "--expect-no-changes")).toMatchObject({ code: 0 });
    const began = Date.now();
    expect(said(await pulumi("refresh", "-s", "orion", "--yes", "--skip-preview"))).toMatch(/timed out/);
    expect(Date.now() - began).toBeLessThan(MINUTES);
    await clone.must(["pulumi", "config", "set", "etage:protect", "false", "-s", "orion"]);
    expect(await up("orion")).toMatchObject({ code: 0 });
    expect(await pulumi("destroy", "-s", "orion", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
    expect(await serversNamed("epica-orion")).toEqual([]);
    expect((await hetzner("GET", "/volumes?name=epica-orion")).volumes).toEqual([]);
  }, 5 * MINUTES);

  it("is destroyed when its machine was deleted by hand", async () => {
    expect(await up("orion")).toMatchObject({ code: 0 });
    await deleteServer("epica-orion");
    expect(await pulumi("refresh", "-s", "orion", "--yes", "--skip-preview", "--target", "**:Server::orion")).toMatchObject({ code: 0 });
    expect(await pulumi("destroy", "-s", "orion", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
    expect((await hetzner("GET", "/firewalls?name=epica-orion")).firewalls).toEqual([]);
  }, 5 * MINUTES);
});
