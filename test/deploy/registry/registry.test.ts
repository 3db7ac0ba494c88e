/** References as tables; the registry's protocol against a small real server, with and without its token flow. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openRegistry } from "../../../deploy/registry/client.ts";
import { findDigest, requireDigest } from "../../../deploy/registry/digest.ts";
import type { Registry } from "../../../deploy/registry/client.ts";
import type { Login } from "../../../deploy/registry/login.ts";
import { apiUrl, appRepository, parseRepository } from "../../../deploy/registry/reference.ts";

describe("references", () => {
  it.each([
    ["registry.example.com/shop/app", "registry.example.com", "shop/app"], ["10.0.0.3:5000/app", "10.0.0.3:5000", "app"], ["localhost/app", "localhost", "app"],
    ["shop/app", "docker.io", "shop/app"], ["app", "docker.io", "library/app"],
  ])("%s", (text, registry, path) => {
    expect(parseRepository(text)).toEqual({ registry, path });
  });
  it("are moved to another registry, path and all", () => {
    expect(appRepository("registry.example.com/shop/app", "10.0.0.3:5000")).toEqual({ registry: "10.0.0.3:5000", path: "shop/app" });
    expect(appRepository("registry.example.com/shop/app", undefined).registry).toBe("registry.example.com");
  });
  it.each([
    [{ registry: "docker.io", path: "shop/app" }, "https://registry-1.docker.io/v2/shop/app/manifests/v1"], [{ registry: "10.0.0.3:5000", path: "app" }, "https://10.0.0.3:5000/v2/app/manifests/v1"],
    [{ registry: "127.0.0.1:5000", path: "app" }, "http://127.0.0.1:5000/v2/app/manifests/v1"],
  ])("have an address: %j", (repository, url) => {
    expect(apiUrl(repository, "manifests", "v1")).toBe(url);
  });
});

describe("a registry", () => {
  let server: Server;
  afterEach(() => server.close());
  const listen = (answer: (request: IncomingMessage, response: ServerResponse, port: number) => void, login?: Login) => new Promise<Registry>((resolve) => {
    server = createServer((request, response) => answer(request, response, (server.address() as AddressInfo).port)).listen(0, "127.0.0.1", () =>
      resolve(openRegistry({ registry: `127.0.0.1:${(server.address() as AddressInfo).port}`, path: "shop/app" }, login && (async () => login))));
  });
  const digest = `sha256:${"a".repeat(64)}`;

  it("answers with a version's digest, or with none", async () => {
    const registry = await listen((request, response) => {
      const known = request.url === "/v2/shop/app/manifests/v1" && request.headers.accept?.includes("oci.image.index");
      response.writeHead(known ? 200 : 404, known ? { "docker-content-digest": digest } : {}).end();
    });
    expect(await findDigest(registry, "v1")).toBe(digest);
    expect(await findDigest(registry, "v2")).toBeUndefined();
    await expect(requireDigest(registry, "v2")).rejects.toThrow(/has no version v2 in the registry/);
  });

  it("may ask for a token first", async () => {
    const registry = await listen((request, response, port) => {
      if (request.url?.startsWith("/token")) return void response.end(JSON.stringify({ token: new URL(request.url, "http://x").searchParams.get("scope") }));
      if (request.headers.authorization === "Bearer repository:shop/app:pull") return void response.writeHead(200, { "docker-content-digest": digest }).end();
      response.writeHead(401, { "www-authenticate": `Bearer realm="http://127.0.0.1:${port}/token",service="r",scope="repository:shop/app:pull"` }).end();
    });
    expect(await findDigest(registry, "v1")).toBe(digest);
  });

  it("is logged in to once, as hosting.yaml says", async () => {
    const asked: string[] = [];
    const registry = await listen((request, response, port) => {
      asked.push(`${request.method} ${request.url?.split("?")[0]} ${request.headers.authorization ?? "-"}`);
      if (request.url?.startsWith("/token")) return void response.end(JSON.stringify({ token: "good" }));
      if (request.headers.authorization === "Bearer good") return void response.writeHead(200, { "docker-content-digest": digest }).end();
      response.writeHead(401, { "www-authenticate": `Bearer realm="http://127.0.0.1:${port}/token",service="r",scope="repository:shop/app:pull"` }).end();
    }, { username: "ada", password: "p:w" });
    await findDigest(registry, "v1");
    await findDigest(registry, "v2");
    expect(asked).toEqual(["HEAD /v2/shop/app/manifests/v1 -", "GET /token Basic YWRhOnA6dw==", "HEAD /v2/shop/app/manifests/v1 Bearer good", "HEAD /v2/shop/app/manifests/v2 Bearer good"]);
  });

  it("may want the password itself, and a new token when the old one is over", async () => {
    const answers = ["Basic YWRhOnB3", "Basic YWRhOnB3"];
    const registry = await listen((request, response) => {
      const good = request.headers.authorization === answers[0];
      response.writeHead(good ? 200 : 401, good ? { "docker-content-digest": digest } : { "www-authenticate": 'Basic realm="r"' }).end();
    }, { username: "ada", password: "pw" });
    expect(await findDigest(registry, "v1")).toBe(digest);
    answers[0] = "Basic b3RoZXI=";
    await expect(findDigest(registry, "v1")).rejects.toThrow("refuses us for 127.0.0.1");
  });

  it("that refuses or is away is a sentence with a remedy", async () => {
    const registry = await listen((_request, response) => response.writeHead(403).end());
    await expect(findDigest(registry, "v1")).rejects.toMatchObject({ message: expect.stringMatching(/refuses us/), hint: expect.stringMatching(/docker login/) });
    await expect(findDigest(openRegistry({ registry: "127.0.0.1:9", path: "x" }), "v1")).rejects.toThrow(/127\.0\.0\.1:9 does not answer/);
  });
});
