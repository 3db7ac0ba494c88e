/** Counts requests and bytes by tenant and hour in memory, and adds them to the table every few seconds. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Socket } from "node:net";
import type { Database } from "../database/connect.ts";
import { reasonOf } from "../errors.ts";
import { addUsage, monthVolumes, type Usage } from "./store.ts";

export interface Meter {
  /** Counts the requests of this server. */
  watch(app: FastifyInstance): void;
  /** Bytes of the running month, as far as known here; undefined when the table was not asked yet. */
  volumeOf(tenant: number): number | undefined;
  /** Writes what is counted, now and then every few seconds until closed. */
  start(): void;
  close(): Promise<void>;
}

const rhythm = 10_000;

export function createMeter(platform: Database, log: FastifyBaseLogger): Meter {
  /** By tenant and hour. */
  let counts = new Map<string, Usage>();
  const volumes = new Map<number, number>();
  /** What a connection had moved when its last request ended: connections are used again. */
  const moved = new WeakMap<Socket, { read: number; written: number }>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  function add(usage: Usage): void {
    const key = `${usage.tenant} ${usage.hour.getTime()}`;
    const sum = counts.get(key);
    if (!sum) return void counts.set(key, { ...usage });
    for (const field of ["requests", "apiCalls", "bytesIn", "bytesOut"] as const) sum[field] += usage[field];
  }

  async function write(): Promise<void> {
    const written = counts;
    counts = new Map();
    const refused = await addUsage(platform, [...written.values()]).catch((error) => {
      log.warn(`usage is not recorded yet: ${reasonOf(error)}`);
      return [...written.values()];
    });
    refused.forEach(add);
    const tenants = [...new Set([...written.values()].map(({ tenant }) => tenant))];
    for (const [tenant, bytes] of await monthVolumes(platform, tenants).catch(() => [])) volumes.set(tenant, bytes);
  }

  return {
    watch(app) {
      app.addHook("onRequest", async (request, reply) => {
        const { socket } = request.raw;
        reply.raw.once("close", () => {
          const before = moved.get(socket) ?? { read: 0, written: 0 };
          moved.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
          if (!request.tenant) return;
          add({
            tenant: request.tenant.id, hour: new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000), requests: 1, apiCalls: request.url.startsWith("/api/") && request.caller ? 1 : 0,
            bytesIn: socket.bytesRead - before.read, bytesOut: socket.bytesWritten - before.written,
          });
        });
      });
    },
    volumeOf: (tenant) => volumes.get(tenant),
    start() {
      timer = setInterval(() => (writing = writing.then(write)), rhythm).unref();
    },
    async close() {
      clearInterval(timer);
      await (writing = writing.then(write));
    },
  };
}
