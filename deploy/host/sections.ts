/** Reads the output of a `sections` command back into its parts. */

/** ASCII record separator: in no output of docker, df or sha256sum. */
export const MARK = "\u001e";

export interface Section { code: number; output: string }

/** Parts by name. A part that never ran is absent. */
export function parseSections(stdout: string): Map<string, Section> {
  const found = new Map<string, Section>();
  for (const block of stdout.split(`${MARK}<`).slice(1)) {
    const newline = block.indexOf("\n");
    const end = block.lastIndexOf(`${MARK}>`);
    if (newline < 0 || end < 0) continue;
    const output = block.slice(newline + 1, end).replace(/\n$/, "");
    found.set(block.slice(0, newline), { code: Number.parseInt(block.slice(end + 2), 10), output });
  }
  return found;
}

/** What a `sections` command would print; used where output is assumed instead of read (dry runs, tests). */
export function formatSections(parts: Record<string, string | Section>): string {
  return Object.entries(parts).map(([name, part]) => {
    const { code, output } = typeof part === "string" ? { code: 0, output: part } : part;
    return `${MARK}<${name}\n${output}\n${MARK}>${code}\n`;
  }).join("");
}
