/** The one place that reads the two files from disk. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFile, unreadableFile, type SourceFile } from "./document.ts";
import { ModelError, type Fault, type FileName } from "./faults.ts";
import type { Fleet } from "./fleet.ts";
import { validate } from "./validate.ts";

export { formatFaults, ModelError, type Fault } from "./faults.ts";

/**
 * Reads `hosting.yaml` and `customers.yaml` of a project.
 * @throws ModelError with all faults of both files; nothing else for anything that the files, or their absence, may cause.
 */
export function readModel(directory: string): { fleet: Fleet; warnings: Fault[] } {
  const { fleet, faults, warnings } = validate(readSource(directory, "hosting.yaml"), readSource(directory, "customers.yaml"));
  if (!fleet) throw new ModelError(faults);
  return { fleet, warnings };
}

/** One of them, parsed, whatever is wrong with it. */
export function readSource(directory: string, name: FileName): SourceFile {
  try {
    return parseFile(name, new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(directory, name))));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return unreadableFile(name, "file-missing", `there is no such file in ${directory}`, misnamed(directory, name));
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return unreadableFile(name, "file-unreadable", "the file is not UTF-8 text", "save it as UTF-8");
    if (typeof code === "string") return unreadableFile(name, "file-unreadable", `the file can't be read: ${message}`);
    throw error;
  }
}

function misnamed(directory: string, name: FileName): string {
  const other = name.replace(/yaml$/, "yml");
  try {
    if (readdirSync(directory).includes(other)) return `rename \`${other}\` to \`${name}\``;
  } catch {
    return "give the directory that holds hosting.yaml and customers.yaml";
  }
  return "run in the project's root, or see docs/configuration.md";
}
