/** For people: what suits where they read it. */
import type { Report } from "./event.ts";
import { liveReport } from "./live.ts";
import { plainReport } from "./plain.ts";

/** Whether lines can be redrawn in place, and somebody is there to see it. A build system's pseudo terminal is a log. */
export const isLive = (stream: { isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): boolean =>
  stream.isTTY === true && environment.TERM !== "dumb" && !environment.CI;

export const peopleReport = (stream: NodeJS.WriteStream, live: boolean): Report => live ? liveReport(stream) : plainReport((text) => stream.write(text));
