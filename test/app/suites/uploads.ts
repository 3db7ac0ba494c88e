import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { domain, type Platform } from "../support/platform.ts";

export const uploadSuite = (platform: () => Platform) => describe("uploads", () => {
  const stored = (slug: string) => readdir(join(platform().environment["UPLOADS_PATH"]!, slug)).catch(() => []);

  it("go to disk and come back byte for byte", async () => {
    const { ask, tenants } = platform();
    await tenants([{ slug: "files", name: "Files" }]);
    const content = randomBytes(5_000_000);
    const made = await ask("files", `/api/uploads?name=${encodeURIComponent("Übersicht 'a'.pdf")}`, { body: Readable.from([content.subarray(0, 1000), content.subarray(1000)]), headers: { "content-type": "application/pdf" } });
    expect(made).toMatchObject({ status: 201, json: { name: "Übersicht 'a'.pdf", contentType: "application/pdf", sizeBytes: 5_000_000, sha256: createHash("sha256").update(content).digest("hex") } });
    expect(made.json).not.toHaveProperty("file");
    expect(await stored("files")).toHaveLength(1);

    const got = await ask("files", `${made.headers.location}/content`);
    expect(got.body.equals(content)).toBe(true);
    expect(got.headers).toMatchObject({
      "content-type": "application/pdf", "content-length": "5000000", "x-content-type-options": "nosniff",
      "content-disposition": "attachment; filename*=UTF-8''%C3%9Cbersicht%20%27a%27.pdf",
    });
    expect((await ask("files", "/api/uploads")).json.items).toHaveLength(1);
    expect((await ask("files", "/api/usage")).json.storageBytes).toEqual({ used: 5_000_000, limit: null });

    expect((await ask("files", made.headers.location!, { method: "DELETE" })).status).toBe(204);
    expect(await stored("files")).toEqual([]);
    expect((await ask("files", `${made.headers.location}/content`)).status).toBe(404);
  });

  it("an empty file is a file", async () => {
    const made = await platform().ask("acme", "/api/uploads?name=empty", { method: "POST" });
    expect(made).toMatchObject({ status: 201, json: { sizeBytes: 0, contentType: "application/octet-stream" } });
    expect((await platform().ask("acme", `${made.headers.location}/content`)).body).toHaveLength(0);
  });

  it.each([["no name", ""], ["an empty name", "name="], ["a path upwards", "name=../../etc/passwd"], ["a path", "name=a%2Fb"], ["a line break", "name=a%0Ab"], ["256 letters", `name=${"a".repeat(256)}`]])("%s is refused", async (_what, query) => {
    expect(await platform().ask("acme", `/api/uploads?${query}`, { body: Buffer.from("x") })).toMatchObject({ status: 400 });
  });

  it("one that breaks off leaves nothing behind", async () => {
    const { server, tenants, ask } = platform();
    await tenants([{ slug: "broken", name: "Broken" }]);
    const sending = request({ port: server.port, method: "POST", path: "/api/uploads?name=half", headers: { host: `broken.${domain}`, ...platform().as("broken"), "content-length": 1_000_000 } });
    sending.on("error", () => {});
    sending.write(Buffer.alloc(200_000));
    await vi.waitFor(async () => expect(await stored("broken")).toHaveLength(1), 5000);
    sending.destroy();
    await vi.waitFor(async () => expect(await stored("broken")).toEqual([]), 5000);
    expect((await ask("broken", "/api/uploads")).json.items).toEqual([]);
  });
});
