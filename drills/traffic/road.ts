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

/** Keeps connections open and uses them again, as browsers do. Close it. */
export function openRoad(environment: NodeJS.ProcessEnv): Dispatcher {
  const resolver = new Resolver();
  if (environment.ETAGE_RESOLVER) resolver.setServers([environment.ETAGE_RESOLVER]);
  const lookup = (hostname: string, _wants: unknown, done: Found): void => {
    resolver.resolve4(hostname).then((found) => done(null, found.map((address) => ({ address, family: 4 }))), (error: Error) => done(error, []));
  };
  const bundle = environment.NODE_EXTRA_CA_CERTS;
  const ca = [...rootCertificates, ...(bundle && existsSync(bundle) ? [readFileSync(bundle, "utf8")] : [])];
  return new Agent({ connections: 64, bodyTimeout: 0, headersTimeout: 0, connect: { lookup: lookup as never, ca, timeout: 10_000 } });
}
