/** One of two operators at once, as a process: asks for the same locks as the other, and writes steps meanwhile. Prints the locks it got. */
import { openJournal } from "../../../deploy/journal/open.ts";

const [state, racer, begin, expiry] = process.argv.slice(2);
const journal = openJournal(state, "/");
const now = (): string => new Date().toISOString();
await journal.begin({ id: racer!, verb: "update-all", subject: "v2", by: racer!, machine: "laptop", startedAt: now() });
await new Promise((resolve) => setTimeout(resolve, Number(begin) - Date.now()));

const got: string[] = [];
async function takeAll(): Promise<void> {
  for (const name of Array.from({ length: 10 }, (_, at) => [`free-${at}`, `stale-${at}`]).flat()) {
    const lock = { name, operation: racer!, by: racer!, machine: "laptop", reason: "race", since: now() };
    const { outcome } = await journal.takeLock(lock, now(), new Date(Date.now() - Number(expiry)).toISOString());
    if (outcome !== "held") got.push(name);
  }
}
async function writeAll(): Promise<void> {
  for (let at = 0; at < 50; at += 1) {
    const step = await journal.stepStarted({ operation: racer!, host: racer!, step: `step-${at}`, startedAt: now() });
    await journal.stepEnded(step, now(), "ok", null);
  }
}
/** Without it, a slow machine could find the other's locks silent. */
const beats = setInterval(() => { void journal.beat(racer!, now()); }, 100);
await Promise.all([takeAll(), writeAll()]);
clearInterval(beats);
await journal.close();
console.log(JSON.stringify({ got }));
