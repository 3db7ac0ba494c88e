/** Colours, where the terminal has them and nobody asked for none. */
import { stripVTControlCharacters, styleText } from "node:util";

export type Tone = "good" | "bad" | "back" | "quiet" | "strong";
export type Paint = (tone: Tone, text: string) => string;

const FORMATS = { good: "green", bad: "red", back: "yellow", quiet: "dim", strong: "bold" } as const;

/** styleText minds NO_COLOR, FORCE_COLOR, TERM and whether the stream is a terminal. */
export const painter = (stream: NodeJS.WriteStream): Paint => (tone, text) => text === "" ? "" : styleText(FORMATS[tone], text, { stream });

export const noPaint: Paint = (_tone, text) => text;

/** The sign at the beginning of a text says how it is meant. */
export function paintSign(text: string, paint: Paint): string {
  const tone = SIGNS[text.trimStart().charAt(0)];
  if (!tone) return text;
  const at = text.length - text.trimStart().length + 1;
  return text.slice(0, at - 1) + paint(tone, text.slice(at - 1, at)) + text.slice(at);
}

const SIGNS: Record<string, Tone> = { "✓": "good", "✗": "bad", "↩": "back" };

/** What hosts print may hold anything; a terminal must not take it for commands. Newlines stay. */
export const printable = (text: string): string => stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n]/gu, " ");

/** On one line. */
export const oneLine = (text: string): string => printable(text).replaceAll(/\s+/g, " ").trim();
