/** Prices as the API answers them, over HTTP. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { hetznerPrices } from "../../../deploy/prices/hetzner.ts";
import { tablePrices } from "../../../deploy/prices/prices.ts";
import { pricesWords, readPrices } from "../../../deploy/prices/read.ts";
import { serverTypes } from "../../../lab/hetzner/catalog/catalog.ts";
import { pricing } from "../../../lab/hetzner/catalog/prices.ts";

const NOW = new Date("2026-11-22T03:00:00Z");
const TOKEN = "t".repeat(64);
const live = (): string => JSON.stringify({ pricing: pricing(serverTypes, NOW) });

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(status: number, body: string): Promise<string> {
  server = createServer((request, response) => {
    const known = request.url === "/v1/pricing" && request.headers.authorization === `Bearer ${TOKEN}`;
    response.writeHead(known ? status : 401, { "content-type": "application/json" }).end(known ? body : "{}");
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const context = (hetzner: { endpoint: string; token: string } | undefined) => ({ environment: { hetzner }, now: () => NOW }) as Parameters<typeof readPrices>[0];

describe("hetznerPrices", () => {
  it("reads server, address and volume by location, with the day", async () => {
    const prices = await hetznerPrices({ endpoint: await serve(200, live()), token: TOKEN }, NOW);
    expect([prices.source, prices.asOf, prices.currency]).toEqual(["api", "2026-11-22", "EUR"]);
    expect([prices.server("cx33", "fsn1"), prices.address("fsn1"), prices.volumeGigabyte]).toEqual([8.49, 0.5, 0.057]);
    expect([prices.server("cx33", "mars"), prices.server("m5.large", "fsn1")]).toEqual([undefined, undefined]);
  });

  it.each([
    ["refused", 403, "{}", /HCLOUD_TOKEN is not accepted/], ["out of order", 503, "{}", /it answered 503/], ["no JSON", 200, "<html>", /something else than prices/],
    ["prices of another shape", 200, '{"pricing":{"currency":"EUR"}}', /something else than prices/],
  ])("%s", async (_, status, body, message) => {
    await expect(hetznerPrices({ endpoint: await serve(status, body), token: TOKEN }, NOW)).rejects.toThrow(message);
  });
});

describe("readPrices", () => {
  it("takes the API's where there is a token", async () => {
    const { prices, why } = await readPrices(context({ endpoint: `${await serve(200, live())}/`, token: TOKEN }), { ask: true });
    expect(pricesWords(prices, why)).toBe("prices of 2026-11-22 by Hetzner's API, net");
  });

  it("takes the table's without a token, or when the API is away, and says why", async () => {
    expect(await readPrices(context(undefined), { ask: true })).toEqual({ prices: tablePrices, why: "HCLOUD_TOKEN is not set" });
    const endpoint = await serve(200, live());
    await new Promise((resolve) => server!.close(resolve));
    const { prices, why } = await readPrices(context({ endpoint, token: TOKEN }), { ask: true });
    expect(pricesWords(prices, why)).toMatch(/^prices of 2026-06-15 by the built-in table, net \(Hetzner's prices can't be asked at http:\/\/127.0.0.1:\d+\/v1\/pricing: .*ECONNREFUSED/);
    expect(await readPrices(context({ endpoint, token: TOKEN }), { ask: false })).toEqual({ prices: tablePrices, why: null });
  });

  it("the table says what the API says of every type that both know", async () => {
    const prices = await hetznerPrices({ endpoint: await serve(200, live()), token: TOKEN }, NOW);
    const both = serverTypes.map(({ name }) => name).filter((name) => tablePrices.server(name, "fsn1") !== undefined);
    expect(both.length).toBeGreaterThan(10);
    expect(both.map((name) => [name, tablePrices.server(name, "fsn1")])).toEqual(both.map((name) => [name, prices.server(name, "fsn1")]));
  });
});
