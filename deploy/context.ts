/** What every verb gets. Opened lazily: a verb that needs no journal does not make one. */
import { randomBytes } from "node:crypto";
import { readModel } from "../model/read.ts";
import type { Fleet, Host } from "../model/fleet.ts";
import type { Outputs } from "../model/outputs.ts";
import { distance } from "fastest-levenshtein";
import type { Environment } from "./environment.ts";
import { exitCode, UserError } from "./errors.ts";
import type { Journal } from "./journal/journal.ts";
import { openJournal } from "./journal/open.ts";
import { Connections } from "./remote/connections.ts";
import type { Runner } from "./remote/runner.ts";
import { openRegistry, type Registry } from "./registry/client.ts";
import { dockerConfig, type Login } from "./registry/login.ts";
import { type Repository, appRepository, parseRepository } from "./registry/reference.ts";
import { type FactsReader, factsReader } from "./release/facts.ts";
import type { Report } from "./report/event.ts";
import { readSecret } from "./secret.ts";
import { stackReader } from "./stack/reader.ts";
import { fileContents, type HostFile } from "./host/secrets.ts";

export interface Context {
  /** The project's root. */
  readonly root: string;
  readonly environment: Environment;
  readonly report: Report;
  /** Set when the person asked to stop. */
  readonly signal: AbortSignal;
  readonly fleet: Fleet;
  readonly repository: Repository;
  readonly registry: Registry;
  /** What a host needs to pull from the app's registry, when hosting.yaml has a login: text of a Docker configuration. */
  registryConfig(): Promise<string | undefined>;
  /** What the registry says of a release; asked once. */
  readonly facts: FactsReader;
  readonly journal: Journal;
  outputs(host: string): Promise<Outputs>;
  /** The secret files of a host with their contents: decrypts them. */
  secretFiles(host: string): Promise<HostFile[]>;
  connect(host: string): Promise<Runner>;
  /** The host of that name; an unknown one is a usage fault with the nearest name. */
  host(name: string): Host;
  now(): Date;
  /** Six letters and digits, for operations and containers. */
  shortId(): string;
  /** From now on files and stacks are read anew: they were changed. */
  reread(): void;
  close(): Promise<void>;
}

export interface ContextOptions { root: string; environment: Environment; report: Report; signal: AbortSignal }

export function openContext({ root, environment, report, signal }: ContextOptions): Context {
  let fleet: Fleet | undefined;
  let journal: Journal | undefined;
  let registry: Registry | undefined;
  let readLogin: Promise<Login | undefined> | undefined;
  let facts: FactsReader | undefined;
  let stacks = stackReader(root, environment.pulumiBackend);
  const outputs = (host: string): Promise<Outputs> => stacks.outputs(host);
  const connections = new Connections(async (host) => {
    const { address, user, hostKey } = await outputs(host);
    // Only here: many verbs ask no host, and SSH is a sixth of the time to start.
    const { connectSsh } = await import("./remote/ssh.ts");
    return connectSsh({ host, address, user, hostKey }, { keyPath: environment.sshKey, agent: environment.sshAgent });
  });
  const login = (): Promise<Login | undefined> => readLogin ??= appLogin(context.fleet.platform, context.repository);
  const context: Context = {
    root, environment, report, signal, outputs,
    secretFiles: async (host) => fileContents(await outputs(host), await stacks.secrets(host)),
    get fleet() { return fleet ??= readModel(root).fleet; },
    get journal() { return journal ??= openJournal(environment.state, root, (message) => report.event({ type: "note", host: null, message })); },
    get repository() { return appRepository(context.fleet.platform.app.image, environment.registry); },
    get registry() { return registry ??= openRegistry(context.repository, login); },
    async registryConfig() {
      const known = await login();
      return known && dockerConfig(context.repository.registry, known);
    },
    get facts() { return facts ??= factsReader(() => context.registry, () => context.journal); },
    connect: (host) => connections.get(host),
    host: (name) => context.fleet.host(name) ?? unknownHost(name, context.fleet),
    now: () => new Date(),
    shortId: () => randomBytes(3).toString("hex"),
    reread() {
      fleet = undefined;
      stacks = stackReader(root, environment.pulumiBackend);
    },
    async close() {
      await connections.close();
      await journal?.close();
    },
  };
  return context;
}

/** A login is for the registry that hosting.yaml names with it; one that the environment puts in its place gets none of it. */
async function appLogin({ app }: Fleet["platform"], { registry }: Repository): Promise<Login | undefined> {
  if (!app.registry || parseRepository(app.image).registry !== registry) return undefined;
  return { username: app.registry.username, password: await readSecret(app.registry.password, "app.registry.password", process.env) };
}

function unknownHost(name: string, { hosts }: Fleet): never {
  const names = hosts.map((host) => host.name);
  const near = names.toSorted((a, b) => distance(a, name) - distance(b, name))[0];
  const hint = near && distance(near, name) <= 2 ? `did you mean ${near}?` : `hosts are: ${names.join(", ")}`;
  throw new UserError(`there is no host ${name} in customers.yaml`, { hint, code: exitCode.usage });
}
