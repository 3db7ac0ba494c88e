/** What must be true of every edit of every file. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Edit, editedList } from "../../../deploy/customers/edit.ts";
import { editedText } from "../../../deploy/customers/edit-text.ts";
import { listIn } from "../../../deploy/customers/read-list.ts";
import { entryLines } from "../../../deploy/customers/text/entries.ts";
import { commentsIn } from "../../../deploy/customers/text/source.ts";
import { addition, edit, file, type File } from "./files.ts";

const RUNS = { numRuns: Number(process.env.ETAGE_TEST_RUNS ?? 100) };
const comments = (text: string): string[] => commentsIn(text).sort();
/** Lines of `before` that are not in `after`, each counted. */
function gone(before: string, after: string): string[] {
  const left = new Map<string, number>();
  for (const line of after.split("\n")) left.set(line, (left.get(line) ?? 0) + 1);
  return before.split("\n").filter((line) => { const count = left.get(line) ?? 0; left.set(line, count - 1); return count <= 0; });
}
const property = (what: (file: File, edits: Edit[]) => void) =>
  fc.assert(fc.property(file, fc.array(edit, { minLength: 1, maxLength: 5 }), what), RUNS);

describe("any edits of any file", { timeout: 120_000 }, () => {
  it("read as the same edits of its data", () => {
    property(({ text, list }, edits) => {
      expect(listIn(text)).toStrictEqual(list);
      let [now, data] = [text, list as ReturnType<typeof editedList>];
      for (const one of edits) {
        if (one.do === "add" && data.some(({ slug }) => slug === one.slug)) continue;
        now = editedText(now, data, one);
        data = editedList(data, one);
        expect(listIn(now)).toStrictEqual(data);
      }
    });
  });

  it("keep every comment but those of a removed customer", () => {
    property(({ text, list }, edits) => {
      let [now, data] = [text, list as ReturnType<typeof editedList>];
      for (const one of edits.filter((each) => each.do !== "remove")) {
        if (one.do === "add" && data.some(({ slug }) => slug === one.slug)) continue;
        now = editedText(now, data, one);
        data = editedList(data, one);
        expect(comments(now)).toEqual(comments(text));
      }
    });
  });

  it("leave the lines of all other customers as they are", () => {
    property(({ text, list }, edits) => {
      for (const one of edits) {
        const after = editedText(text, list, one);
        const at = list.findIndex(({ slug }) => slug === one.slug);
        const lines = at < 0 ? undefined : entryLines(text, at);
        if (lines && one.do === "set") {
          expect(after.startsWith(text.slice(0, lines.from))).toBe(true);
          expect(after.endsWith(text.slice(lines.to))).toBe(true);
        }
        if (lines && one.do === "remove" && list.length > 1) {
          // But for one blank line, and the last newline of a file that ends without one.
          expect(after.startsWith(text.slice(0, lines.from).trimEnd())).toBe(true);
          expect(after.endsWith(text.slice(lines.to))).toBe(true);
        }
        const others = (data: readonly { slug?: unknown }[]) => data.filter(({ slug }) => slug !== one.slug);
        expect(others(listIn(after)!)).toStrictEqual(others(list));
        if (one.do === "add") expect(gone(text, after).filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(2);
        if (one.do === "set" && isDeepStrictEqual(editedList(list, one), list)) expect(after).toBe(text);
      }
    });
  });

  it("an add and its remove give the same file", () => {
    fc.assert(fc.property(file, addition, ({ text, list }, added) => {
      const after = editedText(text, list, added);
      expect(editedText(after, listIn(after)!, { do: "remove", slug: added.slug })).toBe(text);
    }), RUNS);
  });
});
