/**
 * Commands over one SSH connection, each in a channel of its own. What a command costs far away is its round trips: to open
 * a channel, to start the command in it, to send what it reads. So shells stand by that only wait to be told what to run:
 * then it is one.
 */
import pLimit from "p-limit";
import pRetry from "p-retry";
import type { Client, ClientChannel } from "ssh2";

/** Run by a shell that stands by: reads how long the command is, the command, and leaves the rest of its input to it. */
export const STANDBY = `IFS= read -r etage_bytes || exit 255; etage_text=$(head -c "$etage_bytes"); eval "$etage_text"`;

/** What STANDBY reads. */
export const order = (text: string): string => `${Buffer.byteLength(text)}\n${text}`;

/** What STANDBY makes of its input. */
export function readOrder(text: string): { order: string; rest: string } {
  const bytes = Buffer.from(text);
  const begin = bytes.indexOf("\n") + 1;
  const end = begin + Number(bytes.subarray(0, begin).toString());
  return { order: bytes.subarray(begin, end).toString(), rest: bytes.subarray(end).toString() };
}

/** One for the command in hand to be followed, one for what comes beside it (a heartbeat, a request to stop). */
const MOST_SPARES = 2;
/** With the spares and one to go, the ten that OpenSSH's server allows (MaxSessions). */
const MOST_COMMANDS = 7;
/** The server counts a channel for a moment longer than we do. */
const FULL = { retries: 30, minTimeout: 100, factor: 1, shouldRetry: ({ error }: { error: Error }): boolean => "reason" in error };

export interface Answer { /** Null when the connection ended first. */ code: number | null; signal: string | null; stdout: string; stderr: string }
export type OnOutput = (chunk: string, stream: "stdout" | "stderr") => void;

export class Channels {
  readonly #client: Client;
  readonly #spares: ClientChannel[] = [];
  readonly #limit = pLimit(MOST_COMMANDS);
  #preparing = 0;
  /** Hosts that are only asked once or twice, a whole fleet of them, keep no shells waiting. */
  #wanted = 0;
  constructor(client: Client) {
    this.#client = client;
  }

  /** Rejects when no channel can be opened. */
  run(text: string, stdin: string, onOutput?: OnOutput): Promise<Answer> {
    return this.#limit(() => this.#run(text, stdin, onOutput));
  }

  async #run(text: string, stdin: string, onOutput?: OnOutput): Promise<Answer> {
    const spare = this.#spares.shift();
    const opening = spare ?? pRetry(() => this.#open(text), FULL);
    this.#wanted = Math.min(MOST_SPARES, this.#wanted + 1);
    this.#prepare();
    const channel = await opening;
    const answer = collect(channel, onOutput);
    channel.end(spare ? `${order(text)}${stdin}` : stdin);
    return answer;
  }

  #open(text: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.#client.exec(text, (error, channel) => error ? reject(error) : resolve(channel));
    });
  }

  /** In the background; without a spare a command only takes longer. */
  #prepare(): void {
    while (this.#spares.length + this.#preparing < this.#wanted) {
      this.#preparing += 1;
      this.#open(STANDBY).then((channel) => {
        this.#spares.push(channel);
        const gone = (): void => {
          const at = this.#spares.indexOf(channel);
          if (at >= 0) this.#spares.splice(at, 1);
        };
        // Somebody ended the shell; "close" waits until its output is read, which nobody does yet.
        channel.once("exit", gone).once("close", gone);
      }, () => {}).finally(() => { this.#preparing -= 1; });
    }
  }
}

function collect(channel: ClientChannel, onOutput: OnOutput | undefined): Promise<Answer> {
  const texts = { stdout: "", stderr: "" };
  for (const [name, stream] of [["stdout", channel], ["stderr", channel.stderr]] as const) {
    // A letter of several bytes may come in two pieces.
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      texts[name] += chunk;
      onOutput?.(chunk, name);
    });
  }
  return new Promise((resolve, reject) => {
    channel.on("error", reject);
    channel.on("close", (code?: number | null, signal?: string | null) => resolve({ code: code ?? null, signal: signal ?? null, ...texts }));
  });
}
