/** The lab's process: opens the state, then machines, APIs, name server, edge; last the control API. `bin/lab up` starts it. */
import { startCloudflare } from "./cloudflare/server.ts";
import { openLab, ports } from "./context.ts";
import { openSecrets, readIdentity, writeIdentity } from "./control/identity.ts";
import { countRequests } from "./control/requests.ts";
import { startControl } from "./control/server.ts";
import { listServers } from "./control/servers.ts";
import { startDns } from "./dns/server.ts";
import { startEdge } from "./edge/server.ts";
import { openFaults } from "./faults/faults.ts";
import { startHetzner } from "./hetzner/server.ts";
import { openMachines } from "./machines/docker.ts";
import { breakRegistry, reviveRegistry } from "./registry/registry.ts";
import { breakStorage, emptyStorage, fillStorage, mendStorage } from "./storage/storage.ts";
import { hetznerRequestsPerHour } from "./requests-per-hour.ts";

const directory = process.argv[2];
const identity = directory ? readIdentity(directory) : undefined;
if (!directory || !identity) throw new Error("lab/main.ts is started by bin/lab up");

const log = (message: string) => console.log(`${new Date().toISOString()} ${message}`);
const started = new Date().toISOString();
const lab = openLab(directory, identity.number, log);
const secrets = openSecrets(directory);
const counter = countRequests();
const faults = openFaults(lab);
const problems: string[] = [];
const requestsPerHour = hetznerRequestsPerHour();

const machines = await openMachines(lab);
const cloudflare = await startCloudflare(lab, { port: ports.cloudflare, token: secrets.cloudflareToken });
const dns = await startDns(cloudflare.store, { address: lab.loopback, port: ports.dns, edge: lab.loopback });
const edge = await startEdge(lab, cloudflare.store, { httpPort: ports.http, httpsPort: ports.https, localAddress: lab.subnet(2) });
const hetzner = await startHetzner(lab, machines, { port: ports.hetzner, token: secrets.hcloudToken, faults, requestsPerHour });
// A machine that can't be brought back must not keep the others, and the APIs to mend it with, away.
await hetzner.resume().catch((error: unknown) => {
  problems.push(error instanceof Error ? error.message : String(error));
  log(`resume: ${error instanceof Error ? error.stack : String(error)}`);
});
counter.reset();

const servers = (name?: string) => listServers(hetzner.endpoint, secrets.hcloudToken, name);
const control = await startControl(lab, {
  token: secrets.controlToken,
  port: ports.control,
  faults,
  machines,
  registry: { stop: () => breakRegistry(lab), start: () => reviveRegistry(lab) },
  storage: { break: () => breakStorage(lab), fill: () => fillStorage(lab), mend: () => mendStorage(lab) },
  servers,
  async status() {
    const requests = counter.counts();
    const known = await servers();
    return {
      pid: process.pid,
      started,
      memory: Math.round(process.memoryUsage.rss() / 1e6),
      requests,
      zones: cloudflare.store.zones.all().map(({ id, name }) => ({ name, records: cloudflare.store.records.count(id) })),
      servers: await Promise.all(known.map(async (server) => ({ ...server, machine: await machines.state(server.id) }))),
      faults: faults.list().length,
      problems,
    };
  },
  async reset() {
    await hetzner.reset();
    cloudflare.reset({ keepZones: true });
    await emptyStorage(lab);
    faults.clear();
    log("reset: all resources are gone");
  },
  stop: () => void stop("told by bin/lab down"),
});
writeIdentity(directory, { ...identity, pid: process.pid, started });
log(`lab ${lab.number} is up, process ${process.pid}`);

let stopping: Promise<void> | undefined;
function stop(why: string): Promise<void> {
  stopping ??= (async () => {
    log(`stopping: ${why}`);
    await Promise.all([control, edge, dns, cloudflare, hetzner].map((part) => part.close()));
    counter.stop();
    lab.database.close();
    process.exit(0);
  })();
  return stopping;
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
// One request's fault must not take the whole cloud down; it is written where people look.
process.on("unhandledRejection", (error) => log(`unhandled: ${error instanceof Error ? error.stack : String(error)}`));
