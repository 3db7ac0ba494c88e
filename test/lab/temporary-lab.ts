/** A lab in a temporary folder: parts of it can be started without containers, on addresses nobody else uses. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Client from "cloudflare";
import { startCloudflare, type Cloudflare, type Options } from "../../lab/cloudflare/server.ts";
import { openLab, type Lab } from "../../lab/context.ts";

export const token = "t".repeat(40);

export interface TemporaryLab extends Lab {
  remove(): void;
}

/** Lab numbers above 250 are never given to real ones, so the loopback addresses are free. */
export function temporaryLab(number = 251): TemporaryLab {
  const directory = mkdtempSync(join(tmpdir(), "etage-lab-"));
  const lab = openLab(directory, number, () => {});
  return {
    ...lab,
    remove() {
      lab.database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** A port nobody listens on at `address` right now. */
export async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, address, done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

export interface ApiAndClient {
  api: Cloudflare;
  client: Client;
  base: string;
  /** Plain request with the token; path below /client/v4. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: any; headers: Headers }>;
}

/** The emulator on a free port, and Cloudflare's official client towards it. */
export async function cloudflareWithClient(lab: Lab, options: Partial<Options> = {}): Promise<ApiAndClient> {
  const port = await freePort(lab.loopback);
  const api = await startCloudflare(lab, { port, token, ...options });
  const base = `http://${lab.loopback}:${port}/client/v4`;
  return {
    api,
    base,
    client: new Client({ apiToken: token, baseURL: base, maxRetries: 0 }),
    async ask(method, path, body, headers = {}) {
      const answer = await fetch(base + path, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json(), headers: answer.headers };
    },
  };
}
