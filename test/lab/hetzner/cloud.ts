/** A Hetzner API on a free port, over machines that only remember, and a bare client for it. */
import { randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Lab } from "../../../lab/context.ts";
import { startHetzner, type Hetzner, type HetznerOptions } from "../../../lab/hetzner/server.ts";
import { recordingMachines, type RecordingMachines } from "./recording-machines.ts";

export interface Reply {
  status: number;
  headers: Headers;
  // Tests read what the API answers as it comes.

  body: any;
}

export interface TestCloud {
  lab: Lab;
  hetzner: Hetzner;
  machines: RecordingMachines;
  token: string;
  messages: string[];
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** As `call`, and waits for all work. Throws when the answer is an error. */
  must(method: string, path: string, body?: unknown): Promise<Reply["body"]>;
}

export interface TestOptions extends Partial<HetznerOptions> {
  machines?: RecordingMachines;
  database?: DatabaseSync;
}

export async function openTestCloud({ machines = recordingMachines(), database = new DatabaseSync(":memory:"), ...options }: TestOptions = {}): Promise<TestCloud> {
  const messages: string[] = [];
  const token = options.token ?? randomBytes(32).toString("hex");
  const lab: Lab = {
    number: 7,
    directory: "/nowhere",
    loopback: "127.0.0.1",
    subnet: (host) => `10.77.7.${host}`,
    database,
    log: (message) => void messages.push(message),
  };
  const hetzner = await startHetzner(lab, machines, { port: 0, requestsPerHour: 1_000_000, ...options, token });

  async function call(method: string, path: string, body?: unknown): Promise<Reply> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const response = await fetch(hetzner.endpoint + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  }

  return {
    lab,
    hetzner,
    machines,
    token,
    messages,
    call,
    async must(method, path, body) {
      const reply = await call(method, path, body);
      if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      await hetzner.idle();
      return reply.body;
    },
  };
}
