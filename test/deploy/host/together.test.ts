/** Parts that run at once, as a shell runs them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { together } from "../../../deploy/host/command.ts";
import { parseSections } from "../../../deploy/host/sections.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import { readable } from "../../../deploy/remote/shell.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "etage-together-")); });
afterEach(() => rmSync(folder, { recursive: true }));

const left = (): string[] => readdirSync("/dev/shm").filter((name) => name.startsWith("etage-together."));
const sh = (text: string): string[] => ["sh", "-c", text];

describe("parts of a look", () => {
  it("run at once: one that waits for the next one's word ends", async () => {
    const pipe = join(folder, "word");
    execFileSync("mkfifo", [pipe]);
    const { stdout } = await new LocalRunner().run(together(["hears", ["cat", pipe]], ["tells", sh(`echo "it's here" >${pipe}`)]), { timeout: 10_000 });
    expect(parseSections(stdout).get("hears")).toEqual({ code: 0, output: "it's here\n" });
  });

  it("keep what they print and how they end apart, and leave nothing", async () => {
    const before = left();
    const { code, stdout } = await new LocalRunner().run(together(["fails", sh("echo half; exit 3")], ["silent", ["true"]], ["two lines", sh("printf 'a\\nb'")], ["is not there", ["etage-no-such-program"]]));
    expect(code).toBe(0);
    expect(Object.fromEntries(parseSections(stdout))).toEqual({
      fails: { code: 3, output: "half\n" }, silent: { code: 0, output: "" }, "two lines": { code: 0, output: "a\nb" }, "is not there": { code: 127, output: "" },
    });
    expect(left()).toEqual(before);
  });

  it("are shown to people one after the other", () => {
    expect(readable(together(["one", ["a"]], ["two", ["b"]]))).toBe("printf '\\036<%s\\n' one; a; printf '\\n\\036>%s\\n' $?; printf '\\036<%s\\n' two; b; printf '\\n\\036>%s\\n' $?");
  });
});
