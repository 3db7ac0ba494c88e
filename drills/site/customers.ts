/** Every customer asked once, as the world sees it: by name server, edge and TLS. */
import { request } from "undici";
import { readModel } from "../../model/read.ts";
import { openRoad } from "../traffic/road.ts";
import type { Site } from "./site.ts";

export interface PublicAnswer {
  slug: string;
  /** That the customer is on. */
  host: string;
  /** Release that answered; null: none did. */
  release: string | null;
  /** What is wrong; null when nothing is. */
  fault: string | null;
}

/** All customers of live hosts at all their names, suspended ones too (they see 403). */
export async function askCustomers({ directory, environment }: Site): Promise<PublicAnswer[]> {
  const { fleet } = readModel(directory);
  const road = openRoad(environment);
  const asked = fleet.hosts.filter(({ phase }) => phase === "live").flatMap(({ name, customers }) => customers.flatMap(({ slug, status, hostnames }) =>
    hostnames.map(async (hostname): Promise<PublicAnswer> => {
      const wanted = status === "active" ? 200 : 403;
      try {
        const { statusCode, headers, body } = await request(`https://${hostname}/`, { dispatcher: road, signal: AbortSignal.timeout(10_000) });
        await body.dump();
        const release = (headers["x-release"] as string | undefined) ?? null;
        const tenant = headers["x-tenant"] as string | undefined;
        const fault = statusCode !== wanted ? `${hostname} answered ${statusCode} instead of ${wanted}` : wanted === 200 && tenant !== slug ? `${hostname} answered as tenant ${tenant ?? "none"}` : null;
        return { slug, host: name, release, fault };
      } catch (error) {
        return { slug, host: name, release: null, fault: `${hostname} did not answer: ${(error as Error).message}` };
      }
    })));
  try {
    return await Promise.all(asked);
  } finally {
    await road.destroy();
  }
}
