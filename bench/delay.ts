/** Puts programs at a distance from the hosts of a lab, by the cable of delay-line/. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bridgeName } from "../lab/machines/names.ts";
import { compile } from "./compile.ts";

/** What one server was asked; roundTrips are those that somebody had to wait for. */
export interface Traffic { connections: number; roundTrips: number; bytesSent: number; bytesGot: number }

export interface DelayLine {
  /** The command as it runs at a distance. */
  far(command: readonly string[]): string[];
  /** By `address:port`, since the last call. */
  traffic(): Promise<Record<string, Traffic>>;
  close(): Promise<void>;
}

/** Beyond those that the lab gives its machines. */
const operator = (lab: number): string => `10.77.${lab}.252/24`;

/**
 * Compiles the program and lays the cable into the bridge of that lab; root only. `milliseconds` are added to each round
 * trip. Cable and namespace are gone after `close`, and when this process ends in any other way.
 */
export async function openDelayLine(lab: number, milliseconds: number): Promise<DelayLine> {
  const folder = mkdtempSync(join(tmpdir(), "etage-delay-"));
  const words = ["-bridge", bridgeName({ number: lab }), "-cable", `ed${lab}-operator`.slice(0, 15), "-address", operator(lab), "-round-trip", `${milliseconds}ms`];
  const child = spawn(compile("delay-line", folder), words, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => {
    const { value, done } = await answers.next();
    if (done) throw new Error("the delay line ended");
    return JSON.parse(value as string);
  };
  // Once it runs, its file is not needed any more.
  const { namespace } = await answer().finally(() => rmSync(folder, { recursive: true })) as { namespace: string };
  return {
    far: (command) => ["nsenter", `--net=${namespace}`, ...command],
    async traffic() {
      child.stdin.write("\n");
      return await answer() as Record<string, Traffic>;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
