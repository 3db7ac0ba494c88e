/** The inside gate's script, run for real on this machine: a small server plays the app, two small programs play docker and mktemp's surroundings. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { gateInside, type InsideGate } from "../../../deploy/host/gate.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";

let folder: string;
let server: Server;
let ready: () => { status: number; body: string; headers?: Record<string, string> };
const path = process.env.PATH;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "etage-gate-"));
  writeFileSync(join(folder, "docker"), `#!/bin/sh\ncase "$1" in inspect) echo "running 0 127.0.0.1";; logs) echo "log of the app";; esac\n`);
  chmodSync(join(folder, "docker"), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
  server = createServer((request, response) => {
    if (request.url === "/version") return void response.end(`{"release": "v2", "tenant": null}`);
    const { status, body, headers } = ready();
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  process.env.PATH = path;
  server.close();
  rmSync(folder, { recursive: true });
});

const ask = async (more: Partial<InsideGate> = {}) => new LocalRunner().run(gateInside({
  container: "app", network: "etage", port: (server.address() as AddressInfo).port, readyPath: "/ready", versionPath: "/version", version: "v2",
  attempts: 3, intervalSeconds: 0.05, timeoutSeconds: 2, successes: 2, status: 200, staySeconds: 0, ...more,
}));

it.each([
  ["ready and of the right version", {}, { status: 200, body: "fine" }],
  ["the status that was asked for", { status: 204 }, { status: 204, body: "" }],
  ["the text that was asked for", { body: "all \"well\"" }, { status: 200, body: `{"x":"all "well""}` }],
  ["the header that was asked for, in any case", { header: "X-Ready: yes" }, { status: 200, body: "", headers: { "x-READY": "yes" } }],
])("passes: %s", async (_what, gate, answer) => {
  ready = () => answer;
  expect(await ask(gate)).toMatchObject({ code: 0, stdout: "passed 2\n" });
});

it.each([
  ["another version", { version: "v3" }, { status: 200, body: "" }, `/ready answered 200, /version {"release":"v2","tenant":null}`],
  ["another status", {}, { status: 503, body: "no\ndatabase" }, "/ready answered 503: nodatabase"],
  ["no such text", { body: "well" }, { status: 200, body: "ill" }, `/ready answered 200 without "well": ill`],
  ["no such header", { header: "X-Ready: yes" }, { status: 200, body: "", headers: { "X-Ready": "no" } }, "/ready answered 200 without the header X-Ready: yes"],
])("fails: %s", async (_what, gate, answer, says) => {
  ready = () => answer;
  const { code, stdout } = await ask(gate);
  expect(code).toBe(1);
  expect(stdout).toContain(says);
  expect(stdout).toContain("log:\nlog of the app");
});

it("wants it to stay well: one that is ill by turns passes a quick look only", async () => {
  ready = () => Date.now() % 600 < 300 ? { status: 200, body: "" } : { status: 500, body: "" };
  expect((await ask({ attempts: 8 })).code).toBe(0);
  expect((await ask({ attempts: 8, staySeconds: 0.5 })).code).toBe(1);
});

it("wants good answers in a row", async () => {
  let asked = 0;
  ready = () => (asked += 1) % 2 === 1 ? { status: 200, body: "" } : { status: 500, body: "" };
  expect((await ask()).code).toBe(1);
});
