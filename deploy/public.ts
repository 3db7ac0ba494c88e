/** The check a customer makes without knowing: by name server, TLS and whatever stands before the host. */
import { lookup, Resolver } from "node:dns/promises";
import { request } from "node:https";
import pLimit from "p-limit";
import type { Fleet, Host } from "../model/fleet.ts";
import { messageOf } from "./errors.ts";
import { type Answer, type Expectation, faultOf } from "./host/gate.ts";

const TIMEOUT = 8_000;
const AT_ONCE = 8;

export interface PublicFault {
  hostname: string;
  fault: string;
  /** Nobody answered: our own network may be at fault as well. */
  silent: boolean;
}

/** Asks every name; resolves with what is wrong. `resolver`: the name server to ask, `address` or `address:port`; absent: this machine's. */
export async function askPublicly(names: readonly Expectation[], path: string, version: string, resolver: string | undefined): Promise<PublicFault[]> {
  const limit = pLimit(AT_ONCE);
  const answers = await Promise.all(names.map((name) => limit(() => ask(name.hostname, path, resolver))));
  return names.flatMap((name, at) => {
    const fault = faultOf(answers[at], name, version);
    return fault ? [{ hostname: name.hostname, fault, silent: answers[at]!.status === 0 }] : [];
  });
}

/**
 * The names that lead to a host by DNS. A staged host has no records yet; a shared one also knows customers whose own host
 * is staged, and DNS still leads to the shared one.
 */
export const publicNames = (fleet: Pick<Fleet, "customer">, host: Host, names: readonly Expectation[]): Expectation[] =>
  host.phase === "live" ? names.filter(({ tenant }) => tenant === null || fleet.customer(tenant)?.host.name === host.name) : [];

/** One question. Never throws: what went wrong stands in the answer. */
export async function ask(hostname: string, path: string, server: string | undefined): Promise<Answer> {
  const began = Date.now();
  const answer = (part: Partial<Answer>): Answer => ({ hostname, status: 0, release: null, tenant: null, error: null, seconds: (Date.now() - began) / 1000, ...part });
  try {
    const { status, headers } = await get(hostname, await addressOf(hostname, server), path);
    const one = (name: string): string | null => headers[name]?.toString() ?? null;
    return answer({ status, release: one("x-release"), tenant: one("x-tenant") });
  } catch (error) {
    return answer({ error: messageOf(error) });
  }
}

const addressOf = async (hostname: string, server: string | undefined): Promise<string> => (await addressesOf(hostname, server))[0]!;

/** IPv4, as customers find it. `server`: the name server to ask; absent: as this machine does. Rejects when there is none. */
export async function addressesOf(hostname: string, server: string | undefined): Promise<string[]> {
  if (server === undefined) return (await lookup(hostname, { family: 4, all: true })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([server]);
  return await resolver.resolve4(hostname);
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
