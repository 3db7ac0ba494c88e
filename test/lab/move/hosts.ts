/** Both hosts of a move from inside: each one's own proxy, and what lies there, with nothing of the program that is tried in between. */
import { spawn } from "node:child_process";
import { Agent, request } from "node:https";
import { createConnection } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { machinesOf } from "../../../drills/site/machines.ts";
import type { Answer, Options } from "../../app/support/ask.ts";
import type { Clone } from "../../support/clone.ts";
import { freePort } from "../temporary-lab.ts";

export type Ask = (host: string, path: string, options?: Options) => Promise<Answer>;

/** Runs a script as root in a host's machine. */
export const inside = async (clone: Clone, host: string, script: string): Promise<string> => (await machinesOf(clone)).inside(host, script);

export interface Door { ask: Ask; close(): void }

/**
 * A way to a host's own proxy, past DNS and edge, whose addresses only the edge may come from: through SSH. TLS is begun with
 * the name of a customer who is at home there, whoever is asked for: for others the proxy has no certificate.
 */
export async function doorTo({ environment }: Clone, address: string, servername: string): Promise<Door> {
  const port = await freePort("127.0.0.1");
  const options = ["-N", "-i", environment.ETAGE_SSH_KEY!, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"];
  const tunnel = spawn("ssh", [...options, "-L", `127.0.0.1:${port}:127.0.0.1:443`, `deploy@${address}`], { stdio: "ignore" });
  for (let left = 100; !await listens(port); left -= 1) {
    if (left === 0) throw new Error(`no way to ${address}`);
    await sleep(100);
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false });
  return {
    ask: (host, path, given) => ask({ port, agent, servername }, host, path, given),
    close() {
      agent.destroy();
      tunnel.kill();
    },
  };
}

const listens = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = createConnection(port, "127.0.0.1", () => { socket.destroy(); resolve(true); }).on("error", () => resolve(false));
});

/** Like the app's own tests ask, with TLS. A stream is answered when it begins, and ended. */
async function ask(way: { port: number; agent: Agent; servername: string }, host: string, path: string, { method, json, body, headers }: Options = {}): Promise<Answer> {
  const sent = json === undefined ? body as Buffer | undefined : Buffer.from(JSON.stringify(json));
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request({
    ...way, host: "127.0.0.1", path, method: method ?? (sent === undefined ? "GET" : "POST"),
    headers: { host, ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers },
  }, (answer) => {
    const done = (all: Buffer): void => {
      const text = all.toString();
      resolve({ status: answer.statusCode!, headers: answer.headers, body: all, text, json: answer.headers["content-type"]?.startsWith("application/json") ? JSON.parse(text) : undefined });
    };
    if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
      done(Buffer.alloc(0));
      answer.destroy();
    } else {
      buffer(answer).then(done, reject);
    }
  }).on("error", reject);
  outgoing.end(sent);
  return promise;
}
