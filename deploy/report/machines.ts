/** For programs: one JSON value a line; nothing else on standard output. */
import type { Report } from "./event.ts";

export function machineReport(write: (line: string) => void): Report {
  return {
    event: (event) => write(JSON.stringify({ at: new Date().toISOString(), ...event })),
    text: () => {},
    data: (value) => write(JSON.stringify(value)),
  };
}
