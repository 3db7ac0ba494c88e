/** How customers' requests travel: names by the platform's resolver, TLS by the authorities of the environment. */
import { Resolver } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { Agent, type Dispatcher } from "undici";
import { readModel } from "../../model/read.ts";

export interface Target {
  slug: string;
  hostname: string;
  /** That the customer is on. */
  host: string;
}

/** Active customers of live hosts, each by its first name. */
export function targetsOf(directory: string, only?: string): Target[] {
  const { fleet } = readModel(directory);
  return fleet.hosts.filter(({ phase }) => phase === "live")
    .flatMap(({ name, customers }) => customers.filter(({ status }) => status === "active").map(({ slug, hostnames }) => ({ slug, hostname: hostnames[0]!, host: name })))
    .filter(({ slug }) => only === undefined || slug === only);
}

type Found = (error: Error | null, addresses: { address: string; family: number }[]) => void;

const RENEW_MS = 2000;

/** Keeps connections open and uses them again, as browsers do. Whoever has a token by its hostname is let in with it. Close it. */
export function openRoad(environment: NodeJS.ProcessEnv, tokens: ReadonlyMap<string, string> = new Map()): Dispatcher {
  const resolver = new Resolver();
  if (environment.ETAGE_RESOLVER) resolver.setServers([environment.ETAGE_RESOLVER]);
  const lookup = (hostname: string, _wants: unknown, done: Found): void => {
    resolver.resolve4(hostname).then((found) => done(null, found.map((address) => ({ address, family: 4 }))), (error: Error) => done(error, []));
  };
  const bundle = environment.NODE_EXTRA_CA_CERTS;
  const ca = [...rootCertificates, ...(bundle && existsSync(bundle) ? [readFileSync(bundle, "utf8")] : [])];
  const agent = new Agent({ connections: 64, bodyTimeout: 0, headersTimeout: 0, connect: { lookup: lookup as never, ca, timeout: 10_000 } });
  const renewed = new Map<string, number>();
  // Streams too: their clients have no other way to send a header.
  return agent.compose((dispatch) => (options, handler) => {
    const origin = String(options.origin);
    const token = tokens.get(new URL(origin).hostname);
    // As people leave pages: a connection that is busy all the time would lead to the host that was left for ever.
    const reset = !options.upgrade && performance.now() - (renewed.get(origin) ?? 0) > RENEW_MS;
    if (reset) renewed.set(origin, performance.now());
    return dispatch({ ...options, ...(reset ? { reset } : {}), ...(token ? { headers: [...flat(options.headers), "authorization", `Bearer ${token}`] } : {}) }, handler);
  });
}

/** Names and values in turn, from any of the forms that headers come in. */
function flat(headers: Dispatcher.DispatchOptions["headers"]): string[] {
  if (!headers) return [];
  if (Array.isArray(headers)) return headers as string[];
  const pairs = Symbol.iterator in headers ? [...(headers as Iterable<[string, string]>)] : Object.entries(headers as Record<string, string>);
  return pairs.flat();
}
