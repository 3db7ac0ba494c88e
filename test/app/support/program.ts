/** Runs the app as its container does: one Node process a command, everything by environment. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

const main = join(import.meta.dirname, "../../../app/main.ts");
export type Environment = Record<string, string>;
export interface Result { code: number | null; stdout: string; stderr: string }

const start = (parameters: string[], environment: Environment): ChildProcess =>
  spawn(process.execPath, [main, ...parameters], { env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...environment } });

/** Runs a command to its end. */
export async function run(parameters: string[], environment: Environment, input = ""): Promise<Result> {
  const child = start(parameters, environment);
  child.stdin!.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
  return { code, stdout, stderr };
}

/** The same for commands that speak tar. */
export async function runBinary(parameters: string[], environment: Environment, input: Buffer = Buffer.alloc(0)): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const child = start(parameters, environment);
  // It may refuse its input before the end.
  child.stdin!.on("error", () => {}).end(input);
  const [stdout, stderr, [code]] = await Promise.all([buffer(child.stdout!), text(child.stderr!), once(child, "close")]);
  return { code, stdout, stderr };
}

export interface Running {
  /** What it has logged so far. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** Its exit code. */
  ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

export interface Server extends Running { port: number }

/** Starts `serve` on a free port and waits until it listens. */
export async function serve(environment: Environment): Promise<Server> {
  const [running, port] = await startUntil("serve", { ...environment, PORT: "0" }, /Server listening at http:\/\/127\.0\.0\.1:(\d+)/);
  return { ...running, port: Number(port) };
}

/** Starts `work` and waits until it takes jobs. */
export const work = async (environment: Environment): Promise<Running> => (await startUntil("work", environment, /"(working)"/))[0];

/** Starts a command that goes on; resolves when its output has `sign`, with what that caught. */
async function startUntil(command: string, environment: Environment, sign: RegExp): Promise<[Running, string]> {
  const child = start([command], environment);
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const caught = await Promise.race([seen(() => output, sign), ended.then(() => undefined)]);
  if (caught === undefined) throw new Error(`The app ended before it was up:\n${output}`);
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  return [{ log: () => output, signal, ended, stop: () => (signal("SIGTERM"), ended) }, caught];
}

async function seen(output: () => string, sign: RegExp): Promise<string> {
  for (;; await sleep(20)) {
    const caught = sign.exec(output())?.[1];
    if (caught) return caught;
  }
}
