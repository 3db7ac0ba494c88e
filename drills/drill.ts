/** A disaster as data: what it is called, what one learns from it, and how it goes. */
import type { StepName } from "../deploy/report/event.ts";

export interface Drill {
  name: string;
  /** What happens, for the list. */
  sentence: string;
  /** Whether customers may notice: on the host that is hit, or nobody at all. */
  noticed: "nobody" | "the host's customers";
  play(stage: Stage): Promise<void>;
}

export interface Command {
  /** Resolves with the exit code. */
  ended: Promise<number>;
  /** As by Ctrl-C. */
  interrupt(): void;
}

/** What a drill does in front of a person. Every command is one that the person could type in the drill's folder. */
export interface Stage {
  /** A paragraph: what one would see or think now. */
  say(text: string): void;
  /** Types a command and waits for its end. An exit code other than `ends` (default 0) spoils the verdict. */
  type(command: string, options?: { ends?: number; as?: string }): Promise<void>;
  /** The same without waiting for the end. */
  begin(command: string, options?: { ends?: number; as?: string }): Command;
  /** Resolves when the operation at work begins that step there. */
  until(host: string, step: StepName): Promise<void>;
  wait(seconds: number): Promise<void>;
  /** Builds the next release and resolves with its version; `fault` as in release/context. */
  release(fault?: string): Promise<string>;
  /** Changes a file of the drill's folder, and says so. */
  change(file: string, from: string | RegExp, to: string): void;
}
