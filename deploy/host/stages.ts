/**
 * Several steps of an operation as one command, since at 50 ms each it is round trips that an update costs. The host
 * announces every stage before it begins and tells its end at once, so that each is noted as it happens.
 */
import { type Command, type Guard, script, type Stage } from "./command.ts";
import { BUSY, LOCK } from "./paths.ts";
import { MARK } from "./sections.ts";

/** Codes of a stage that was not begun: nobody's program ends with these. */
export const STAGE_CODE = { stopped: 117, lost: 118, busy: 119 } as const;

/** Shell text: ends what stages left running, with the containers of single commands. `lock` is the lock's directory. */
export const KILL_STAGES = `pid=$(cat "$lock/pid" 2>/dev/null) && group=$(cut -d ' ' -f 5 "/proc/$pid/stat" 2>/dev/null) && kill -TERM -- "-$group" 2>/dev/null
tasks=$(docker ps --all --quiet --filter label=etage.role=task 2>/dev/null); [ -z "$tasks" ] || docker rm --force $tasks >/dev/null 2>&1`;

/** `operation`: whose lock must hold on the host, looked at before each stage; null before there is one. */
export function stages(operation: string | null, parts: readonly Stage[]): Command {
  const guard: Guard | null = operation === null ? null : { lock: LOCK, operation, busy: BUSY };
  return { stages: parts, guard };
}

export const isStages = (command: Command): command is Extract<Command, { stages: unknown }> => "stages" in command;

/** Standard input of the whole: what its stages get, one after the other. */
export const stagesInput = (parts: readonly Stage[]): string => parts.map(({ input }) => input ?? "").join("");

/** Seconds that a migration in hand gets to come to its end before a wish to stop ends it. */
const STOP_PATIENCE = 10;

const STOP = `
ours() { grep -qF "\\"$2\\"" "$1/owner.json" 2>/dev/null; }
ours "$@" || exit 0
touch "$1/stop"
for second in $(seq "$3"); do
  ours "$@" && [ -n "$(docker ps --quiet --filter label=etage.role=task)" ] || exit 0
  sleep 1
done
tasks=$(docker ps --quiet --filter label=etage.role=task)
[ -z "$tasks" ] || ! ours "$@" || docker rm --force $tasks >/dev/null
`;

/** Lets the stages of an operation end before the next one begins. The stage in hand goes on; a migration, which may hang, for a while only. */
export const requestStop = (operation: string): Command => script("stop", STOP, LOCK, operation, STOP_PATIENCE);

/**
 * After a lost connection: waits until the host has done what it may still be doing for this operation, ends it when it
 * takes too long, and lets new stages begin. Stages end by themselves at their next mark.
 */
const SETTLE = `
lock=$1 busy=$3
grep -qF "\\"$2\\"" "$lock/owner.json" 2>/dev/null || exit 0
touch "$lock/stop"
exec 8>>"$busy"
if ! flock -w "$4" 8; then
${KILL_STAGES}
  flock -w 30 8
fi
rm -f "$lock/stop"
`;
export const settle = (operation: string, patienceSeconds: number): Command => script("settle", SETTLE, LOCK, operation, BUSY, patienceSeconds);

export interface StageResult { code: number; stdout: string; stderr: string; /** Seconds by the host's clock. */ seconds: number }

interface Open { name: string; since: number; text: string }

export interface StageEvents {
  started?(name: string): void;
  ended?(name: string, code: number, seconds: number): void;
  /** A whole line that a stage printed, on either output. */
  line?(name: string, line: string): void;
}

/** Reads both outputs as they come; `results` is complete when the command has ended. */
export class StageReader {
  readonly results = new Map<string, StageResult>();
  readonly #streams = { stdout: new StreamReader(), stderr: new StreamReader() };
  readonly #events: StageEvents;
  constructor(events: StageEvents = {}) {
    this.#events = events;
  }

  /** How much of an output was read so far. */
  read(stream: "stdout" | "stderr"): number {
    return this.#streams[stream].length;
  }

  feed(chunk: string, stream: "stdout" | "stderr"): void {
    const out = stream === "stdout";
    this.#streams[stream].feed(chunk, {
      started: (name) => { if (out) this.#events.started?.(name); },
      line: (name, line) => this.#events.line?.(name, line),
      ended: (open, code, at) => {
        const seconds = (at - open.since) / 1000;
        const known = this.results.get(open.name) ?? { code, stdout: "", stderr: "", seconds };
        this.results.set(open.name, { ...known, code, seconds, [stream]: open.text.replace(/\n$/, "") });
        if (out) this.#events.ended?.(open.name, code, seconds);
      },
    });
  }

  /** The stage that began and did not end; undefined when there is none. */
  get open(): { name: string; stdout: string; stderr: string } | undefined {
    const { stdout, stderr } = this.#streams;
    return stdout.open && { name: stdout.open.name, stdout: stdout.open.text, stderr: stderr.open?.text ?? "" };
  }
}

interface StreamEvents { started(name: string): void; ended(open: Open, code: number, at: number): void; line(name: string, line: string): void }

class StreamReader {
  open: Open | undefined;
  length = 0;
  #rest = "";

  feed(chunk: string, events: StreamEvents): void {
    this.length += chunk.length;
    const lines = `${this.#rest}${chunk}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#line(line, events);
  }

  #line(line: string, { started, ended, line: printed }: StreamEvents): void {
    const [, kind, word = "", at] = /^\u001e([<>!])(\S+) (\d+)$/.exec(line) ?? [];
    if (kind === "<") {
      this.open = { name: word, since: Number(at), text: "" };
      started(word);
    } else if (kind === "!") {
      ended({ name: word, since: 0, text: "" }, Number(at), 0);
    } else if (kind === ">" && this.open) {
      // The newline before the mark is ours: what was printed need not end with one.
      const open = { ...this.open, text: this.open.text.replace(/\n$/, "") };
      this.open = undefined;
      ended(open, Number(word), Number(at));
    } else if (this.open) {
      this.open.text += `${line}\n`;
      if (line.trim()) printed(this.open.name, line);
    }
  }
}

/** What the host would print; for dry runs and tests. */
export function formatStages(results: readonly (readonly [name: string, result: { code: number; stdout: string; stderr?: string }])[]): { stdout: string; stderr: string } {
  const whole = (stream: "stdout" | "stderr"): string =>
    results.map(([name, result]) => `${MARK}<${name} 0\n${result[stream] ?? ""}\n${MARK}>${result.code} 0\n`).join("");
  return { stdout: whole("stdout"), stderr: whole("stderr") };
}
