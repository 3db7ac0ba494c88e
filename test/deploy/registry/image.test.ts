/** What a registry tells of an image, against a small real server. */
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqlite } from "../../../deploy/journal/sqlite.ts";
import type { Journal } from "../../../deploy/journal/journal.ts";
import { openRegistry, type Registry } from "../../../deploy/registry/client.ts";
import { bytesToPull, readImage } from "../../../deploy/registry/image.ts";
import { factsReader, pullBytes } from "../../../deploy/release/facts.ts";

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const layer = (name: string, size: number) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: digestOf(name), size });

describe("an image", () => {
  let server: Server;
  let registry: Registry;
  let journal: Journal;
  const contents = new Map<string, string>();
  const asked: string[] = [];
  const put = (value: object): string => {
    const text = JSON.stringify(value);
    contents.set(digestOf(text), text);
    return digestOf(text);
  };
  const image = (labels: Record<string, string> | null, ...layers: ReturnType<typeof layer>[]): string =>
    put({ schemaVersion: 2, config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: put({ config: { Labels: labels } }), size: 1 }, layers });

  beforeEach(async () => {
    contents.clear();
    asked.length = 0;
    journal = openSqlite(":memory:");
    server = createServer((request, response) => {
      asked.push(request.url!.split("/")[4]!);
      const content = contents.get(request.url!.split("/")[5]!);
      response.writeHead(content ? 200 : 404).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    registry = openRegistry({ registry: `127.0.0.1:${(server.address() as AddressInfo).port}`, path: "shop/app" });
  });
  afterEach(async () => {
    server.close();
    await journal.close();
  });
  const reader = () => factsReader(() => registry, () => journal);

  it("has labels and layers", async () => {
    const digest = image({ a: "b" }, layer("base", 100), layer("app", 7));
    expect(await readImage(registry, digest)).toEqual({ id: expect.stringMatching(/^sha256:/), labels: { a: "b" }, manifests: [digest], layers: [expect.objectContaining({ size: 100 }), expect.objectContaining({ size: 7 })] });
    expect(await readImage(registry, digestOf("nothing"))).toBeUndefined();
  });

  it("of several architectures is the one that is asked for, not its attestation", async () => {
    const manifests = [["unknown", "unknown", "x"], ["linux", "arm64", "arm"], ["linux", "amd64", "x86"]]
      .map(([os, architecture, name]) => ({ digest: image({ name: name! }), platform: { os, architecture } }));
    const digest = put({ schemaVersion: 2, manifests });
    expect((await readImage(registry, digest))?.labels).toEqual({ name: "x86" });
    expect((await readImage(registry, digest, "arm64"))?.labels).toEqual({ name: "arm" });
    expect((await readImage(registry, digest, "riscv64"))?.labels).toEqual({ name: "arm" });
  });

  it("that is not what its digest says is refused", async () => {
    const digest = image({});
    contents.set(digest, contents.get(digest)!.replace("schemaVersion", "schemaversion"));
    await expect(readImage(registry, digest)).rejects.toThrow(`gave something else than ${digest}`);
  });

  it("costs the layers that are not there yet, each once", () => {
    const old = { layers: [layer("base", 100), layer("app 1", 7)] };
    const next = { layers: [layer("base", 100), layer("app 2", 8), layer("empty", 1), layer("empty", 1)] };
    expect([bytesToPull(old, next), bytesToPull(undefined, next), bytesToPull(next, next)]).toEqual([9, 109, 0]);
  });

  it("tells of a release what it brings, once for all hosts", async () => {
    const facts = reader();
    const v1 = { version: "v1", digest: image({ "etage.migrations": '[{"name":"0001","reversible":true}]' }, layer("base", 100)) };
    const v2 = { version: "v2", digest: image({ "etage.migrations": '[{"name":"0001"},{"name":"0002","reversible":false}]' }, layer("base", 100), layer("app", 7)) };
    const [from, to] = await Promise.all([facts(v1), facts(v2), facts(v2), facts(v1)]);
    expect(to!.migrations).toEqual([{ name: "0001", reversible: true }, { name: "0002", reversible: false }]);
    expect([pullBytes(from!, to!), pullBytes(null, to!)]).toEqual([7, 107]);
    expect(asked.toSorted()).toEqual(["blobs", "blobs", "manifests", "manifests"]);
    expect(registry.asked).toBe(2);
  });

  it("without the label is looked up in the journal, by digest", async () => {
    const digest = image(null);
    const entry = { version: "v1", digest, image: "r/app", commit: null, dirty: false, migrations: [{ name: "0001", reversible: true }], builtAt: "", by: "" };
    await journal.saveRelease(entry);
    expect((await reader()({ version: "v1", digest })).migrations).toEqual(entry.migrations);
    expect((await reader()({ version: "v1", digest: image({ other: "image" }) })).migrations).toBeNull();
  });

  it("that nobody can tell of is unknown, not a fault", async () => {
    const gone = factsReader(() => openRegistry({ registry: "127.0.0.1:9", path: "x" }), () => journal);
    expect(await gone({ version: "v1", digest: digestOf("x") })).toEqual({ migrations: null, image: null });
    const known = { migrations: null, image: { id: "", labels: {}, manifests: [], layers: [layer("base", 100)] } };
    expect([pullBytes(known, { migrations: null, image: null }), pullBytes({ migrations: null, image: null }, known)]).toEqual([null, 100]);
  });
});
