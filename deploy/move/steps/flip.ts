/** Runs the flip's program on the host that is left, and finds out what came of it when the connection gets lost. */
import { setTimeout as sleep } from "node:timers/promises";
import { HostUnreachable, TimedOut, UserError } from "../../errors.ts";
import type { FlipInput, FlipPart, FlipParts, FlipVerdict } from "../flip/input.ts";
import { flip, flipInput, flipTimeout, lastVerdict, readLine, readVerdict } from "../flip/program.ts";
import { mustRun, type Runner } from "../../remote/runner.ts";
import type { Session } from "../session.ts";
import type { MoveStep } from "../steps.ts";

/** What the program's parts are called in the journal. Parts that overlap with others are told in the verdict only. */
const STEP_OF: Readonly<Partial<Record<FlipPart, MoveStep>>> = { drain: "hold", seal: "catch-up", settle: "compare", open: "route", resume: "release" };

/** How long a host that went away in the middle is asked again. */
const PATIENCE_SECONDS = 180;

/** `tell`: how far it is. Resolves with the verdict. @throws UserError when none can be had: then nobody here knows where the customer is served. */
export async function runFlip(session: Session, host: string, input: FlipInput, tell: (text: string) => void): Promise<FlipVerdict> {
  let rest = "";
  const hear = (chunk: string): void => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const said = readLine(line);
      if (said && "part" in said) tell(wordsOf(said.part, said.detail));
    }
  };
  try {
    const runner = await session.connect(host);
    const { stdout, stderr } = await runner.run(flip(), { stdin: flipInput(input), timeout: flipTimeout(input), onOutput: (chunk, stream) => { if (stream === "stdout") hear(chunk); } });
    const verdict = readVerdict(stdout);
    if (verdict) return verdict;
    tell(`it ended without a verdict${stderr.trim() ? `: ${stderr.trim().split("\n").at(-1)}` : ""}`);
  } catch (error) {
    if (!(error instanceof HostUnreachable || error instanceof TimedOut)) throw error;
    tell(`${error.message}; it goes on without us`);
  }
  return verdictAfterwards(session, host, input.attempt);
}

/** The last verdict on a host that was left or was to be; undefined when there was no hold. Waits for one that goes on or is undone. */
export const verdictOn = async (runner: Runner, slug: string): Promise<FlipVerdict | undefined> =>
  readVerdict((await mustRun(runner, "asking what came of the hold", lastVerdict(slug), { timeout: 120_000 })).trim());

/** What the host itself wrote down about this attempt; the watchdog writes it when the program can't. */
export async function verdictAfterwards(session: Pick<Session, "connect" | "slug">, host: string, attempt: string): Promise<FlipVerdict> {
  for (let waited = 0; waited < PATIENCE_SECONDS; waited += 3) {
    try {
      const { stdout } = await (await session.connect(host)).run(lastVerdict(session.slug), { timeout: 90_000 });
      const verdict = readVerdict(stdout.trim().split("\n").join(" "));
      if (verdict?.attempt === attempt) return verdict;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    await sleep(3000);
  }
  throw new UserError(`${host} does not say what came of the hold`, { hint: `its watchdog lets requests go by itself; deploy move status ${session.slug} asks both hosts` });
}

const wordsOf = (part: string, detail: Record<string, unknown> | undefined): string =>
  [part, ...Object.entries(detail ?? {}).filter(([, value]) => typeof value !== "object").map(([name, value]) => `${name} ${String(value)}`)].join(" ");

/** Milliseconds by step of the journal. */
export function partsBySteps(parts: FlipParts): Partial<Record<MoveStep, number>> {
  return Object.fromEntries(Object.entries(STEP_OF).flatMap(([part, step]) => {
    const took = parts[part as FlipPart];
    return took === undefined ? [] : [[step, took]];
  }));
}
