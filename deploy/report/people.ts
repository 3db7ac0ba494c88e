/** For people: what suits where they read it. */
import type { Report } from "./event.ts";
import { plainReport } from "./plain.ts";

/** Whether lines can be redrawn in place, and somebody is there to see it. A build system's pseudo terminal is a log. */
export const isLive = (stream: { isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): boolean =>
  stream.isTTY === true && environment.TERM !== "dumb" && !environment.CI;

/** Drawing is loaded only where somebody sees it. */
export async function peopleReport(stream: NodeJS.WriteStream, live: boolean): Promise<Report> {
  if (!live) return plainReport((text) => stream.write(text));
  const { liveReport } = await import("./live.ts");
  return liveReport(stream);
}
