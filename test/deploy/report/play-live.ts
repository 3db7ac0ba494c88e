/** Plays the recording to standard output, a hundred times as fast. */
import { setTimeout as pause } from "node:timers/promises";
import { peopleReport, isLive } from "../../../deploy/report/people.ts";
import { recording } from "./recording.ts";

const report = await peopleReport(process.stdout, isLive(process.stdout, process.env));
let now = 0;
for (const [at, event] of recording) {
  if (at > now) await pause((at - now) * 10);
  now = at;
  report.event(event);
}
report.close?.();
