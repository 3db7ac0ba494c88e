/** How `bin/lab` talks to the running lab. Listens last: an answer here means that all the rest is ready. */
import { timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import type { Lab } from "../context.ts";
import { anyFault, type Faults } from "../faults/faults.ts";
import { machineFaults, type MachineFault, registryFaults, type RegistryFault, storageFaults, type StorageFault } from "../faults/machine.ts";
import type { Machines } from "../machines/types.ts";
import type { ServerView } from "./servers.ts";

export interface ControlParts {
  token: string;
  port: number;
  faults: Faults;
  machines: Machines;
  registry: Record<RegistryFault, () => Promise<void>>;
  storage: Record<StorageFault, () => Promise<void>>;
  servers(name?: string): Promise<ServerView[]>;
  status(): Promise<object>;
  reset(): Promise<void>;
  stop(): void;
}

export async function startControl(lab: Lab, parts: ControlParts): Promise<{ close(): Promise<void> }> {
  const server = Fastify({ forceCloseConnections: true });
  const expected = Buffer.from(`Bearer ${parts.token}`);

  server.addHook("onRequest", async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? "");
    if (given.length === expected.length && timingSafeEqual(given, expected)) return;
    return reply.code(401).send({ message: "Wrong control token: this is another lab's address, or .lab/secrets.json was changed." });
  });
  server.setErrorHandler(async (error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) lab.log(`control: ${error instanceof Error ? error.stack : String(error)}`);
    return reply.code(status).send({ message: error instanceof Error ? error.message : String(error) });
  });

  server.get("/status", () => parts.status());
  server.get("/faults", async () => parts.faults.list());
  server.post("/faults", async (request, reply) => {
    const parsed = anyFault.safeParse(request.body);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      return reply.code(400).send({ message: `Invalid fault: ${path.join(".")}: ${message}` });
    }
    return parts.faults.add(parsed.data);
  });
  server.delete<{ Querystring: { id?: string } }>("/faults", async (request) => ({
    cleared: parts.faults.clear(request.query.id === undefined ? undefined : Number(request.query.id)),
  }));
  server.post<{ Params: { name: string; fault: MachineFault } }>("/machines/:name/:fault", async (request, reply) => {
    const { name, fault } = request.params;
    if (!machineFaults.includes(fault)) return reply.code(400).send({ message: `Unknown fault ${fault}: expected one of ${machineFaults.join(", ")}.` });
    const [found] = await parts.servers(name);
    if (!found) {
      const names = (await parts.servers()).map((one) => one.name).join(", ") || "none";
      return reply.code(404).send({ message: `There is no server named ${name}; there are: ${names}.` });
    }
    await parts.machines[fault](found.id);
    lab.log(`control: ${fault} ${name}`);
    return found;
  });
  server.post<{ Params: { fault: RegistryFault } }>("/registry/:fault", async (request, reply) => {
    const { fault } = request.params;
    if (!registryFaults.includes(fault)) return reply.code(400).send({ message: `Unknown fault ${fault}: expected one of ${registryFaults.join(", ")}.` });
    await parts.registry[fault]();
    lab.log(`control: registry ${fault}`);
    return { fault };
  });
  server.post<{ Params: { fault: StorageFault } }>("/storage/:fault", async (request, reply) => {
    const { fault } = request.params;
    if (!storageFaults.includes(fault)) return reply.code(400).send({ message: `Unknown fault ${fault}: expected one of ${storageFaults.join(", ")}.` });
    await parts.storage[fault]();
    lab.log(`control: storage ${fault}`);
    return { fault };
  });
  server.post("/reset", async () => {
    await parts.reset();
    return {};
  });
  server.post("/stop", async () => {
    // Only once the answer is out.
    setImmediate(parts.stop);
    return {};
  });
  await server.listen({ host: lab.loopback, port: parts.port });
  return { close: () => server.close() };
}
