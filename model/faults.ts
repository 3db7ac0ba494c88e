/** What is wrong with the files, in one form for every kind of fault: where, what was expected, what to do. */

/** Keys and list positions from the top of a file to a value. */
export type Path = readonly (string | number)[];

export type FileName = "hosting.yaml" | "customers.yaml";

export interface Fault {
  file: FileName;
  /** Both from 1. */
  line: number;
  column: number;
  /** As people write it: `customers[3].tier`; "" is the file as a whole. */
  path: string;
  /** What is there and what was expected. */
  message: string;
  /** What to do, where there is a good guess: "did you mean `dedicated`?" */
  suggestion?: string;
  /** Name of the rule that found it. */
  rule: string;
}

/** Both files together are no model; holds every fault, in the order of the files. */
export class ModelError extends Error {
  readonly faults: Fault[];

  constructor(faults: Fault[]) {
    super(`${faults.length} ${faults.length === 1 ? "fault" : "faults"} in ${[...new Set(faults.map(({ file }) => file))].join(" and ")}\n${formatFaults(faults)}`);
    this.name = "ModelError";
    this.faults = faults;
  }
}

/** One line a fault, beginning so that editors and terminals can jump to it. For warnings as well. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map(formatFault).join("\n");
}

function formatFault({ file, line, column, path, message, suggestion, rule }: Fault): string {
  return [`${file}:${line}:${column}`, path, `${suggestion ? `${message}; ${suggestion}` : message}  [${rule}]`].filter(Boolean).join("  ");
}

/** `["customers", 3, "tier"]` as `customers[3].tier`. */
export function formatPath(path: Path): string {
  return path.map((step, index) => typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`).join("");
}

/** In the order a reader meets them: hosting.yaml before customers.yaml (which leans on it), then by position. */
export function sortFaults(faults: Fault[]): Fault[] {
  return faults.sort((a, b) => b.file.localeCompare(a.file) || a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule));
}
