/** One SSH connection to one host. The host's key is known before the first connection; nothing is trusted on first use. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { Client, type ConnectConfig } from "ssh2";
import type { Command } from "../host/command.ts";
import { HostUnreachable, messageOf, TimedOut, UserError } from "../errors.ts";
import { type Answer, Channels } from "./channels.ts";
import { DEFAULT_TIMEOUT, type Result, type RunOptions, type Runner } from "./runner.ts";
import { render } from "./shell.ts";

export interface SshTarget {
  host: string;
  address: string;
  user: string;
  /** `ssh-ed25519 AAAA…`: the only key that is accepted. */
  hostKey: string;
}

/** How to prove who we are: a private key file, or the agent's socket. */
export interface Credentials { keyPath?: string | undefined; agent?: string | undefined }

const CONNECT_SECONDS = 10;
/** 4 s × 3 unanswered: a frozen, dead or cut host is noticed after 12 to 16 s. */
const KEEPALIVE = { interval: 4_000, count: 3 };

/** Connects, or throws a UserError that says what was in the way. */
export async function connectSsh(target: SshTarget, credentials: Credentials): Promise<Runner> {
  const authentication = authenticationOf(credentials);
  const socket = await openSocket(target);
  let mismatch = false;
  const config: ConnectConfig = {
    ...authentication,
    host: target.address, // only named in messages: the socket is ours
    sock: socket,
    username: target.user,
    readyTimeout: CONNECT_SECONDS * 1000,
    keepaliveInterval: KEEPALIVE.interval,
    keepaliveCountMax: KEEPALIVE.count,
    algorithms: { serverHostKey: [target.hostKey.split(" ")[0] as "ssh-ed25519"] },
    hostVerifier: (key: Buffer) => {
      mismatch = key.toString("base64") !== target.hostKey.split(" ")[1];
      return !mismatch;
    },
  };
  try {
    return new SshRunner(target, await logIn(config));
  } catch (error) {
    socket.destroy();
    throw connectError(target, error, mismatch);
  }
}

function logIn(config: ConnectConfig): Promise<Client> {
  const client = new Client();
  // A connection that breaks in the handshake tells more than one fault; the first is the one that is told.
  client.on("error", () => {});
  return new Promise((resolve, reject) => {
    client.once("ready", () => {
      client.removeListener("error", reject).removeListener("close", closed);
      resolve(client);
    });
    const closed = (): void => reject(new Error("the connection was closed"));
    client.once("error", reject);
    client.once("close", closed);
    client.connect(config);
  });
}

/** Says at once how we log in: asking first for the ways that there are would be one more round trip. */
function authenticationOf({ keyPath, agent }: Credentials): ConnectConfig {
  if (keyPath) {
    try {
      return { privateKey: readFileSync(keyPath, "utf8"), authHandler: ["publickey"] };
    } catch (error) {
      throw new UserError(`the SSH key ${keyPath} (ETAGE_SSH_KEY) can't be read: ${messageOf(error)}`, { code: 2 });
    }
  }
  if (agent) return { agent, authHandler: ["agent"] };
  throw new UserError("no SSH key to log in with", { hint: "set ETAGE_SSH_KEY to a private key file, or start an ssh-agent", code: 2 });
}

/** Our own socket, for TCP_NODELAY: with Nagle each command costs 40 ms near and twice the round trip far. */
async function openSocket(target: SshTarget): Promise<Socket> {
  const [name, port] = target.address.split(":");
  const socket = connectTcp({ host: name!, port: Number(port ?? 22), noDelay: true, keepAlive: true });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_SECONDS * 1000) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw connectError(target, error, false);
  }
}

function connectError(target: SshTarget, error: unknown, mismatch: boolean): UserError {
  const where = `${target.host} (${target.user}@${target.address})`;
  if (mismatch) {
    return new HostUnreachable(`${where} shows another SSH host key than the one it was made with; not connecting`, {
      hint: `somebody may be in between, or the server was rebuilt. If you know why: pulumi up -s ${target.host}`,
    });
  }
  const message = messageOf(error);
  if (/authentication/i.test(message)) {
    return new HostUnreachable(`${where} does not accept our SSH key`, { hint: "ETAGE_SSH_KEY (or the agent) must hold a key of an operator in hosting.yaml" });
  }
  const late = /abort|timed? ?out/i.test(message);
  return new HostUnreachable(`${where} does not answer: ${late ? `nothing within ${CONNECT_SECONDS} s` : message}`, {
    hint: "is the server on, and is port 22 open to you?",
  });
}

class SshRunner implements Runner {
  readonly host: string;
  readonly #client: Client;
  readonly #channels: Channels;
  #lost: string | undefined;

  constructor(target: SshTarget, client: Client) {
    this.host = target.host;
    this.#client = client;
    this.#channels = new Channels(client);
    client.on("error", (error: Error) => { this.#lost ??= error.message; });
    client.on("close", () => { this.#lost ??= "the connection was closed"; });
  }

  get alive(): boolean {
    return this.#lost === undefined;
  }

  async run(command: Command, options: RunOptions = {}): Promise<Result> {
    if (!this.alive) throw this.#unreachable();
    const timeout = options.timeout ?? DEFAULT_TIMEOUT;
    const expired = Promise.withResolvers<never>();
    const timer = setTimeout(() => expired.reject(new TimedOut(`${this.host}: no end after ${timeout / 1000} s: ${render(command).slice(0, 200)}`)), timeout);
    try {
      return await Promise.race([this.#execute(command, options), expired.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #execute(command: Command, options: RunOptions): Promise<Result> {
    let answer: Answer;
    try {
      answer = await this.#channels.run(render(command), options.stdin ?? "", options.onOutput);
    } catch (error) {
      this.#lost ??= messageOf(error);
      throw this.#unreachable();
    }
    // A channel that closes without an exit status died with its connection; the "close" event may come a tick later.
    if (answer.code === null && answer.signal === null) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#lost ??= "the connection ended in the middle of a command";
      throw this.#unreachable();
    }
    return { code: answer.code ?? 128, stdout: answer.stdout, stderr: answer.signal ? `${answer.stderr}ended by ${answer.signal}` : answer.stderr };
  }

  #unreachable(): HostUnreachable {
    const reason = /keepalive/i.test(this.#lost ?? "") ? `nothing heard for ${(KEEPALIVE.interval * KEEPALIVE.count) / 1000} s` : this.#lost;
    return new HostUnreachable(`${this.host} does not answer any more: ${reason}`, { hint: "see whether the server runs; then run the same command again" });
  }

  async close(): Promise<void> {
    this.#client.end();
  }
}
