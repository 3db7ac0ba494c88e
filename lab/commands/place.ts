/** Which lab this clone has, and a free number for one that has none yet. */
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { loopbackOf, ports } from "../context.ts";
import { askDocker } from "../control/docker.ts";
import { readIdentity, type Identity } from "../control/identity.ts";
import { LabError } from "./errors.ts";

/** The state folder: `.lab` beside `lab/`, or where ETAGE_LAB_DIRECTORY says. */
export function labDirectory(): string {
  return resolve(process.env.ETAGE_LAB_DIRECTORY || join(import.meta.dirname, "../../.lab"));
}

/** The lab's identity; throws when there is none yet. */
export function requireIdentity(directory: string): Identity {
  const identity = readIdentity(directory);
  if (!identity) throw new LabError(`There is no lab in ${directory} yet. Start one: bin/lab up`);
  return identity;
}

/** The lowest number from 1 to 250 that no other lab on this machine uses, up or down. */
export async function freeNumber(refused: Set<number>): Promise<number> {
  const taken = new Set([...refused, ...(await numbersInDocker()), ...numbersOnInterfaces()]);
  for (let number = 1; number <= 250; number++) if (!taken.has(number) && (await isFree(loopbackOf(number)))) return number;
  throw new LabError("All 250 lab numbers are taken on this machine. See docker network ls; bin/lab down --purge in clones that are no longer needed.");
}

interface Network {
  Name: string;
  IPAM: { Config?: { Subnet?: string }[] | null };
}

// A lab that is down keeps its network, so that its number and its machines' addresses stay its own.
async function numbersInDocker(): Promise<number[]> {
  const networks = await askDocker<Network[]>("/networks");
  const subnets = networks.flatMap((network) => (network.IPAM.Config ?? []).map((config) => config.Subnet ?? ""));
  return [...networks.map((network) => network.Name.match(/^etage-lab-(\d+)$/)), ...subnets.map((subnet) => subnet.match(/^10\.77\.(\d+)\./))]
    .flatMap((match) => (match ? [Number(match[1])] : []));
}

function numbersOnInterfaces(): number[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ address }) => address.match(/^10\.77\.(\d+)\./)?.[1] ?? [])
    .map(Number);
}

function isFree(address: string): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(false));
    server.listen(ports.control, address, () => server.close(() => done(true)));
  });
}
