import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { OperatorError } from "../errors.ts";

/** Reads a command's arguments. `usage` is what its help line says after the command, for the OperatorError. */
export function argumentsOf<O extends ParseArgsOptionsConfig>(args: string[], usage: string, options: O, counts: (positionals: number) => boolean) {
  try {
    const { positionals, values } = parseArgs({ args, options, allowPositionals: true, strict: true });
    if (counts(positionals.length)) return { positionals, values };
  } catch { /* Said below. */ }
  throw new OperatorError(`Expected: ${usage}`);
}
