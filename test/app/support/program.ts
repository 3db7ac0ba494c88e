/** Runs the app as its container does: one Node process a command, everything by environment. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
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

export interface Server {
  port: number;
  /** What it has logged so far. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  /** Its exit code. */
  ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** Starts `serve` on a free port and waits until it listens. */
export async function serve(environment: Environment): Promise<Server> {
  const child = start(["serve"], { ...environment, PORT: "0" });
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const ended = once(child, "close").then(([code]) => code as number | null);
  const port = await Promise.race([listening(() => output), ended.then(() => undefined)]);
  if (port === undefined) throw new Error(`The app ended before it listened:\n${output}`);
  const signal = (name: NodeJS.Signals) => void child.kill(name);
  return { port, log: () => output, signal, ended, stop: () => (signal("SIGTERM"), ended) };
}

async function listening(output: () => string): Promise<number> {
  for (;; await sleep(20)) {
    const port = /Server listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(output())?.[1];
    if (port) return Number(port);
  }
}
