/** bin/lab as a person uses it: two labs side by side in temporary folders, killed, mended, purged. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { promises as dns } from "node:dns";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { json, lab, program, run } from "./command.ts";

const folders = [mkdtempSync(join(tmpdir(), "etage-cli-")), mkdtempSync(join(tmpdir(), "etage-cli-"))] as const;
const [one, two] = folders.map((folder) => join(folder, "state")) as [string, string];

/** One request to the object store, signed as S3 wants it; the status, and what came. */
async function store(directory: string, method: string, path: string, ...more: string[]): Promise<{ status: number; text: string }> {
  const environment = await json(directory, "env");
  const { ETAGE_BACKUP_ENDPOINT: endpoint, ETAGE_BACKUP_BUCKET: bucket, ETAGE_BACKUP_ACCESS_KEY: key, ETAGE_BACKUP_SECRET_KEY: secret, NODE_EXTRA_CA_CERTS: authorities } = environment;
  const { out } = await run("curl", [
    "--silent", "--max-time", "10", "--cacert", authorities, "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", `${key}:${secret}`,
    // Some versions of curl leave it out, which the store refuses; the rest is signed all the same.
    "--header", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "--request", method, "--write-out", "\n%{http_code}", ...more, `${endpoint}/${bucket}${path}`,
  ]);
  return { status: Number(out.split("\n").at(-1)), text: out.split("\n").slice(0, -1).join("\n") };
}

/** Every trace a lab could leave on this machine. */
async function traces(directory: string, number: number): Promise<string> {
  const label = `label=etage.lab.path=${directory}`;
  const commands = [
    ["docker", "ps", "--all", "--quiet", "--filter", label],
    ["docker", "network", "ls", "--quiet", "--filter", label],
    ["docker", "volume", "ls", "--quiet", "--filter", label],
    ["sh", "-c", `grep -F ' ${directory}/' /proc/mounts`],
    ["sh", "-c", `losetup --list --noheadings --output BACK-FILE | grep -F '${directory}/'`],
    ["sh", "-c", `ip -o addr | grep -F '10.77.${number}.'`],
    ["sh", "-c", `ls -d /etc/docker/certs.d/10.77.${number}.3:5000`],
    ["sh", "-c", `ls -d '${directory}'`],
    ["sh", "-c", `iptables-save | grep -F '10.77.${number}.'`],
    ["pgrep", "--full", `main.ts ${directory}`],
  ];
  const outputs = await Promise.all(commands.map(([command, ...args]) => run(command!, args)));
  return outputs.map((output) => output.out).join("").trim();
}

afterAll(async () => {
  for (const directory of [one, two]) await lab(directory, "down", "--purge", "--yes");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("without a lab", () => {
  it.each([
    [["--help"], 0, "Usage: bin/lab"],
    [["fault", "api", "--help"], 0, "--lose-answer"],
    [[], 2, "Say what to do"],
    [["upp"], 2, "Did you mean up?"],
    [["up", "--zones", "a.test"], 2, "Unknown argument: zones"],
    [["fault", "api", "hetzner"], 2, "Say what goes wrong"],
    [["fault", "machine", "x", "explode"], 2, "Choices"],
    [["env"], 1, "There is no lab in"],
    [["fault", "list"], 1, "There is no lab in"],
    [["reset", "--yes"], 1, "There is no lab in"],
    [["status"], 1, "No lab here yet"],
    [["logs"], 1, "never up"],
    [["down"], 0, "There is no lab in"],
  ])("%j → %i", async (args, code, text) => {
    const result = await lab(one, ...args);
    expect(result).toMatchObject({ code });
    expect(result.out + result.err).toContain(text);
    expect(existsSync(one)).toBe(false);
  });
});

describe("a lab", () => {
  let first: any;
  it("comes up, twice without harm, with its zone", async () => {
    const up = await lab(one, "up", "--zone", "epica.com.tr");
    expect(up).toMatchObject({ code: 0 });
    expect(up.out).toMatch(/Lab \d+ is up \(/);
    first = await json(one, "up", "--zone", "epica.com.tr", "--zone", "other.test");
    expect(first).toMatchObject({ already: true, zones: ["other.test"], servers: [], problems: [] });
    expect(await json(one, "status")).toMatchObject({ state: "up", number: first.number, registry: "running", storage: "running", zones: [{ name: "epica.com.tr", records: 0 }, { name: "other.test" }] });
  });
  it("tells a shell all that clients need", async () => {
    const environment = await json(one, "env");
    expect(environment.HCLOUD_TOKEN).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(environment.CLOUDFLARE_API_TOKEN).toMatch(/^[A-Za-z0-9]{40}$/);
    const { out } = await run("bash", ["-c", `eval "$(${program} env)"; curl -sf -H "Authorization: Bearer $HCLOUD_TOKEN" "$HCLOUD_ENDPOINT/locations" | head -c 30; curl -sf -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" "$CLOUDFLARE_BASE_URL/user/tokens/verify" | head -c 10`], { ETAGE_LAB_DIRECTORY: one });
    expect(out).toContain('"locations"');
    expect(out).toContain('{"result"');
  });
  it("keeps secrets to their owner, and adds its authority to what the shell had", async () => {
    for (const file of ["secrets.json", "operator/id_ed25519", "ca/root.key", "ca/origin.key"]) expect(statSync(join(one, file)).mode & 0o077, file).toBe(0);
    const { NODE_EXTRA_CA_CERTS: bundle } = await json(one, "env");
    const before = readFileSync(bundle, "utf8");
    const again = await run(program, ["env", "--json"], { ETAGE_LAB_DIRECTORY: one, NODE_EXTRA_CA_CERTS: bundle });
    expect(JSON.parse(again.out).NODE_EXTRA_CA_CERTS).toBe(bundle);
    expect(readFileSync(bundle, "utf8").trim()).toBe(before.trim());
    expect(new X509Certificate(before).subject).toBe("CN=Etage lab root");
  });
  it("gives a lab of old the keys that it has not yet, and leaves it the others", async () => {
    const path = join(one, "secrets.json");
    const [kept, before] = [readFileSync(path, "utf8"), await json(one, "env")];
    const { storageAccessKey, ...old } = JSON.parse(kept);
    writeFileSync(path, JSON.stringify(old));
    const { ETAGE_BACKUP_ACCESS_KEY: made, ...others } = await json(one, "env");
    expect(made).toMatch(/^[A-Za-z0-9]{20}$/);
    expect({ ...others, ETAGE_BACKUP_ACCESS_KEY: storageAccessKey }).toEqual(before);
    expect(statSync(path).mode & 0o077).toBe(0);
    writeFileSync(path, kept);
  });
  it("answers DNS on port 53 and refuses strangers at its control API", async () => {
    const resolver = new dns.Resolver();
    resolver.setServers([`127.77.${first.number}.1`]);
    expect((await resolver.resolveSoa("epica.com.tr")).nsname).toBe("ada.ns.lab.test");
    expect((await fetch(`http://127.77.${first.number}.1:8300/status`)).status).toBe(401);
  });
  it("sets, lists and clears faults, which the API obeys", async () => {
    const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = await json(one, "env");
    const ask = () => fetch(`${HCLOUD_ENDPOINT}/locations`, { headers: { authorization: `Bearer ${HCLOUD_TOKEN}` } });
    const fault = await json(one, "fault", "api", "hetzner", "--path", "/locations", "--status", "503", "--times", "1");
    expect(await json(one, "fault", "list")).toEqual([fault]);
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 200]);
    await lab(one, "fault", "placement", "--type", "cx23");
    expect(await json(one, "fault", "clear")).toEqual({ cleared: 1 });
    expect((await lab(one, "fault", "clear", "99")).err).toContain("There is no fault 99");
    expect((await lab(one, "fault", "machine", "nobody", "freeze")).err).toContain("There is no server named nobody");
  });
  it("takes the registry away and gives it back", async () => {
    const { ETAGE_REGISTRY } = await json(one, "env");
    const ask = () => run("curl", ["--silent", "--insecure", "--max-time", "2", `https://${ETAGE_REGISTRY}/v2/`]);
    expect(await lab(one, "fault", "registry", "stop")).toMatchObject({ code: 0, out: expect.stringContaining("bin/lab fault registry start") });
    expect(await ask()).not.toMatchObject({ code: 0 });
    expect((await lab(one, "status")).out).toContain("its registry is exited");
    expect(await lab(one, "fault", "registry", "start")).toMatchObject({ code: 0 });
    expect(await ask()).toMatchObject({ code: 0 });
  });
  it("has an object store that takes what is signed, and can be taken away and filled", async () => {
    const put = (path: string, text: string) => store(one, "PUT", path, "--data-binary", text);
    expect(await put("/shared/one", "kept")).toMatchObject({ status: 200 });
    expect(await store(one, "GET", "/shared/one")).toEqual({ status: 200, text: "kept" });
    expect((await store(one, "GET", "?list-type=2")).text).toContain("<Key>shared/one</Key>");
    expect((await store(one, "GET", "/shared/one", "--user", "stranger:secret")).status).toBeGreaterThanOrEqual(400);

    expect(await lab(one, "fault", "storage", "break")).toMatchObject({ code: 0, out: expect.stringContaining("bin/lab fault storage mend") });
    expect(await store(one, "GET", "/shared/one")).toMatchObject({ status: 0 });
    expect((await lab(one, "status")).out).toContain("its object store is exited");
    expect(await lab(one, "fault", "storage", "mend")).toMatchObject({ code: 0 });
    expect(await store(one, "GET", "/shared/one")).toEqual({ status: 200, text: "kept" });

    expect(await lab(one, "fault", "storage", "fill")).toMatchObject({ code: 0 });
    expect((await put("/shared/two", "x".repeat(100_000))).status).toBeGreaterThanOrEqual(400);
    expect(await store(one, "GET", "/shared/one")).toEqual({ status: 200, text: "kept" });
    expect(await lab(one, "fault", "storage", "mend")).toMatchObject({ code: 0 });
    expect(await put("/shared/two", "x".repeat(100_000))).toMatchObject({ status: 200 });
  });
  it("lets a second one live beside it", async () => {
    const second = await json(two, "up");
    expect(second.number).not.toBe(first.number);
    expect((await json(one, "status")).state).toBe("up");
    expect(await lab(two, "down", "--purge", "--yes")).toMatchObject({ code: 0 });
    expect(await traces(two, second.number)).toBe("");
    expect((await json(one, "status")).state).toBe("up");
  });
  it("is noticed when killed, and mended by up", async () => {
    const { pid } = await json(one, "status");
    process.kill(pid, "SIGKILL");
    expect((await json(one, "status")).state).toBe("broken");
    expect((await lab(one, "status")).out).toContain("Mend it: bin/lab up");
    expect(await json(one, "up")).toMatchObject({ already: false, number: first.number });
    expect((await json(one, "status")).zones).toHaveLength(2);
  });
  it("asks before it deletes, and takes silence for No", async () => {
    for (const args of [["reset"], ["down", "--purge"]]) {
      const { code, err } = await lab(one, ...args);
      expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("add --yes") });
    }
    expect((await json(one, "status")).state).toBe("up");
  });
  it("empties itself but for its zones", async () => {
    const { CLOUDFLARE_BASE_URL: base, CLOUDFLARE_API_TOKEN: token } = await json(one, "env");
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const { result } = (await (await fetch(`${base}/zones`, { headers })).json()) as { result: { id: string }[] };
    await fetch(`${base}/zones/${result[0]!.id}/dns_records`, { method: "POST", headers, body: JSON.stringify({ type: "A", name: "@", content: "192.0.2.1", ttl: 1 }) });
    expect((await json(one, "status")).zones[0].records).toBe(1);
    expect(await lab(one, "reset", "--yes")).toMatchObject({ code: 0 });
    expect((await json(one, "status")).zones.map((zone: any) => zone.records)).toEqual([0, 0]);
    expect((await store(one, "GET", "?list-type=2")).text).not.toContain("<Key>");
    expect(await store(one, "PUT", "/shared/after", "--data-binary", "kept")).toMatchObject({ status: 200 });
  });
  it("goes down and comes back the same", async () => {
    const before = await json(one, "env");
    expect((await lab(one, "down")).out).toContain("Its state is kept");
    expect(await json(one, "status")).toMatchObject({ state: "down" });
    expect(await lab(one, "fault", "list")).toMatchObject({ code: 1, err: expect.stringContaining("is not up") });
    expect(await json(one, "up")).toMatchObject({ number: first.number, already: false });
    expect(await json(one, "env")).toEqual(before);
    expect(await store(one, "GET", "/shared/after")).toEqual({ status: 200, text: "kept" });
    expect((await json(one, "status")).zones.map((zone: any) => zone.name)).toEqual(["epica.com.tr", "other.test"]);
  });
  it("leaves nothing behind when purged", async () => {
    expect(await traces(one, first.number)).not.toBe("");
    expect(await lab(one, "down", "--purge", "--yes")).toMatchObject({ code: 0 });
    expect(await traces(one, first.number)).toBe("");
  });
});
