/** The check a customer makes without knowing: by name server, TLS and whatever stands before the host. */
import { Resolver } from "node:dns/promises";
import { request } from "node:https";
import { messageOf } from "../errors.ts";
import { type Answer, faultOf, type Expectation } from "../host/gate.ts";
import type { Check } from "./host-status.ts";
import pLimit from "p-limit";

const TIMEOUT = 8_000;
const AT_ONCE = 8;

/** Asks every name. `resolver`: the name server to ask, `address` or `address:port`. */
export async function publicCheck(names: readonly Expectation[], path: string, version: string, resolver: string): Promise<Check> {
  const limit = pLimit(AT_ONCE);
  const answers = await Promise.all(names.map((name) => limit(() => ask(name.hostname, path, resolver))));
  const faults = names.flatMap((name, at) => {
    const fault = faultOf(answers[at], name, version);
    return fault ? [`${name.hostname} ${fault}`] : [];
  });
  return { name: "public", ok: faults.length === 0, detail: faults.length > 0 ? faults.join("; ") : `${names.length}/${names.length} by DNS and TLS` };
}

async function ask(hostname: string, path: string, server: string): Promise<Answer> {
  const began = Date.now();
  const answer = (part: Partial<Answer>): Answer => ({ hostname, status: 0, release: null, tenant: null, error: null, seconds: (Date.now() - began) / 1000, ...part });
  try {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers([server]);
    const [address] = await resolver.resolve4(hostname);
    const { status, headers } = await get(hostname, address!, path);
    const one = (name: string): string | null => headers[name]?.toString() ?? null;
    return answer({ status, release: one("x-release"), tenant: one("x-tenant") });
  } catch (error) {
    return answer({ error: messageOf(error) });
  }
}

function get(hostname: string, address: string, path: string): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: address, servername: hostname, path, headers: { host: hostname }, agent: false, timeout: TIMEOUT }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    sent.on("error", reject);
    sent.end();
  });
}
