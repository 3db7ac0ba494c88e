/** The one way to run something on a host. SSH, this machine, and printing (dry runs, tests) implement it. */
import type { Command } from "../host/command.ts";
import { UserError } from "../errors.ts";
import { readable } from "./shell.ts";

export interface RunOptions {
  /** Sent to the command's standard input. Secrets travel here and nowhere else; it is never printed. */
  stdin?: string;
  /** Milliseconds; the default is DEFAULT_TIMEOUT. */
  timeout?: number;
  /** Output as it comes (for `logs --follow`). */
  onOutput?: (chunk: string, stream: "stdout" | "stderr") => void;
  /** What a dry run takes for the command's standard output. */
  assume?: string;
}

export interface Result { code: number; stdout: string; stderr: string }

export interface Runner {
  /** The host's name, for messages. */
  readonly host: string;
  /** Resolves whatever the exit code; throws HostUnreachable when the host stopped answering. */
  run(command: Command, options?: RunOptions): Promise<Result>;
  /** False once the connection is gone: a new runner is needed. */
  readonly alive: boolean;
  close(): Promise<void>;
}

/** Milliseconds. Long enough for a slow disk; a host that died is noticed by keepalive long before. */
export const DEFAULT_TIMEOUT = 120_000;

/** A command ended with a code that it should not have: reason first, then the command, then its output. */
export class CommandFailed extends UserError {
  override name = "CommandFailed";
  readonly result: Result;
  constructor(host: string, purpose: string, command: Command, result: Result) {
    const output = [result.stderr, result.stdout].map((text) => text.trim()).filter(Boolean).join("\n");
    super(`${host}: ${purpose} failed with exit code ${result.code}\n  ${shortened(readable(command))}${output ? `\n${indent(lastLines(output, 20))}` : ""}`);
    this.result = result;
  }
}

/** Runs a command that has to succeed. `purpose` is what it is for, in the words of the error: "pull". */
export async function mustRun(runner: Runner, purpose: string, command: Command, options?: RunOptions): Promise<string> {
  const result = await runner.run(command, options);
  if (result.code !== 0) throw new CommandFailed(runner.host, purpose, command, result);
  return result.stdout;
}

/** One line, control characters out, so that it is safe to print. */
function shortened(text: string): string {
  const line = text.replace(/\s*\n\s*/g, "; ").replace(/[\u0000-\u001f\u007f]/g, "");
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}
export const lastLines = (text: string, count: number): string => text.trimEnd().split("\n").slice(-count).join("\n");
export const indent = (text: string): string => text.split("\n").map((line) => `  ${line}`).join("\n");
