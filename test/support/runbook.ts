/** Reads the commands of a runbook: every fenced `sh` block, in order. Blocks in other languages are only shown. */
import { readFileSync } from "node:fs";

export function commandsOf(file: string): string[] {
  const blocks = readFileSync(file, "utf8").matchAll(/^( *)```sh\n(.*?)^\1```/gms);
  return [...blocks].flatMap(([, indent, body]) => body!.split("\n").map((line) => line.slice(indent!.length)).filter((line) => line.trim() !== ""));
}
