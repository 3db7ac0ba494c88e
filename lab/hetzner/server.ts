/** The Hetzner Cloud API v1 over real machines. */
import Fastify, { type FastifyInstance } from "fastify";
import type { Lab } from "../context.ts";
import type { Machines } from "../machines/types.ts";
import { allActionRoutes } from "./action-routes.ts";
import { openActions } from "./actions.ts";
import { catalogRoutes } from "./catalog/routes.ts";
import type { Cloud } from "./cloud.ts";
import { firewallRoutes } from "./firewalls.ts";
import { serveRoutes } from "./http.ts";
import { imageRoutes } from "./images.ts";
import { networkRoutes } from "./networks.ts";
import { placementGroupRoutes } from "./placement-groups.ts";
import { primaryIpRoutes } from "./primary-ips.ts";
import { endInterrupted, reset, resume } from "./resume.ts";
import { serverRoutes } from "./servers.ts";
import { sshKeyRoutes } from "./ssh-keys.ts";
import { openStore } from "./store.ts";
import { volumeRoutes } from "./volumes.ts";

export interface HetznerOptions {
  /** 0 takes any free port. */
  port: number;
  /** The one accepted token; the providers insist on 64 characters. */
  token: string;
  /** Default: no faults. */
  faults?: Cloud["faults"];
  /** Default 3600, as for a real project. */
  requestsPerHour?: number;
}

export interface Hetzner {
  /** Base address with the version: what clients take as their endpoint. */
  endpoint: string;
  /** Stops answering and waits for work under way. Machines are left as they are. */
  close(): Promise<void>;
  /** After a restart of the lab: brings machines, volumes, networks and firewalls back to what the records say. */
  resume(): Promise<void>;
  /** Deletes everything, machines included. */
  reset(): Promise<void>;
  /** Resolves when no action runs. */
  idle(): Promise<void>;
}

export async function startHetzner(lab: Lab, machines: Machines, options: HetznerOptions): Promise<Hetzner> {
  const store = openStore(lab.database);
  const networks = new Map<number, Promise<void>>();
  const cloud: Cloud = {
    lab,
    machines,
    store,
    actions: openActions(store, lab.log),
    faults: options.faults ?? { takeFault: () => undefined, placementFails: () => false },
    networkReady(network) {
      const ready = networks.get(network) ?? machines.createNetwork(network);
      networks.set(network, ready);
      // A network that could not be made is tried again by the next who needs it.
      ready.catch(() => networks.delete(network));
      return ready;
    },
  };
  endInterrupted(cloud);
  const app: FastifyInstance = Fastify({ bodyLimit: 1024 * 1024, exposeHeadRoutes: false, forceCloseConnections: true });
  serveRoutes(app, cloud, routesOf(cloud), { token: options.token, requestsPerHour: options.requestsPerHour ?? 3600 });
  const address = await app.listen({ host: lab.loopback, port: options.port });
  return {
    endpoint: `${address}/v1`,
    async close() {
      await app.close();
      await cloud.actions.idle();
    },
    resume: () => resume(cloud),
    reset: () => reset(cloud),
    idle: () => cloud.actions.idle(),
  };
}

function routesOf(cloud: Cloud) {
  return [
    ...allActionRoutes(cloud),
    ...catalogRoutes(),
    ...imageRoutes(cloud),
    ...sshKeyRoutes(cloud),
    ...serverRoutes(cloud),
    ...networkRoutes(cloud),
    ...firewallRoutes(cloud),
    ...primaryIpRoutes(cloud),
    ...volumeRoutes(cloud),
    ...placementGroupRoutes(cloud),
  ];
}
