/** Stages as a shell runs them: marks, order, inputs, the guard. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Guard, Stage } from "../../../deploy/host/command.ts";
import { formatStages, StageReader, STAGE_CODE, stagesInput } from "../../../deploy/host/stages.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "etage-stages-"));
  mkdirSync(join(folder, "lock"));
  writeFileSync(join(folder, "lock/owner.json"), JSON.stringify({ operation: "op" }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sh = (text: string): string[] => ["sh", "-c", text];

async function play(stages: Stage[], guard: Guard | null = null) {
  const told: string[] = [];
  const reader = new StageReader({ started: (name) => told.push(name), ended: (name, code) => told.push(`${name} ${code}`), line: (name, line) => told.push(`${name}: ${line}`) });
  const { code, stdout, stderr } = await new LocalRunner().run({ stages, guard }, { stdin: stagesInput(stages) });
  reader.feed(stdout, "stdout");
  reader.feed(stderr, "stderr");
  return { code, told, results: reader.results };
}

const guardOf = (operation: string): Guard => ({ lock: join(folder, "lock"), operation, busy: join(folder, "busy") });

describe("stages", () => {
  it("run in order and tell beginning, lines and end", async () => {
    const { code, told } = await play([{ name: "pull", command: ["echo", "layer"] }, { name: "start", command: ["true"] }]);
    expect([code, told]).toEqual([0, ["pull", "pull: layer", "pull 0", "start", "start 0"]]);
  });

  it("end at the first failure, whose words on both outputs are kept apart from the others'", async () => {
    const { code, told, results } = await play([{ name: "a", command: ["echo", "fine"] }, { name: "b", command: sh("echo half; echo why >&2; exit 3") }, { name: "c", command: ["true"] }]);
    expect(code).toBe(1);
    expect(told).not.toContain("c");
    expect(results.get("a")).toMatchObject({ code: 0, stdout: "fine", stderr: "" });
    expect(results.get("b")).toMatchObject({ code: 3, stdout: "half", stderr: "why" });
  });

  it("go on after a failure that was foreseen", async () => {
    const { code, told } = await play([{ name: "drain", command: ["false"], goOn: true }, { name: "record", command: ["true"] }]);
    expect([code, told]).toEqual([0, ["drain", "drain 1", "record", "record 0"]]);
  });

  it("get their own input, whole, and nobody else's", async () => {
    const { results } = await play([
      { name: "greedy", command: ["cat"] },
      { name: "first", command: ["wc", "-c"], input: "çok güzel\n" },
      { name: "lazy", command: ["true"], input: "x".repeat(200_000) },
      { name: "last", command: ["cat"], input: "end" },
    ]);
    expect(["greedy", "first", "last"].map((name) => results.get(name)!.stdout.trim())).toEqual(["", "12", "end"]);
  });

  it("don't take what a command prints for a mark, unless it is one", async () => {
    const { results } = await play([{ name: "a", command: ["printf", "no newline"] }, { name: "b", command: ["printf", ">0 12\n<c 12\n"] }]);
    expect([results.get("a")!.stdout, results.get("b")!.stdout]).toEqual(["no newline", ">0 12\n<c 12"]);
  });
});

describe("under a guard", () => {
  it("run while the lock is the operation's", async () => {
    expect((await play([{ name: "a", command: ["true"] }], guardOf("op"))).told).toEqual(["a", "a 0"]);
  });

  it("stop before the next one when asked to; the one in hand is finished", async () => {
    const { code, told } = await play([{ name: "a", command: sh(`touch ${folder}/lock/stop; echo done`) }, { name: "b", command: ["true"] }], guardOf("op"));
    expect([code, told]).toEqual([1, ["a", "a: done", "a 0", `b ${STAGE_CODE.stopped}`]]);
  });

  it("stop when somebody else has the lock, or nobody", async () => {
    expect((await play([{ name: "a", command: ["true"] }], guardOf("other"))).told).toEqual([`a ${STAGE_CODE.lost}`]);
    const { told } = await play([{ name: "a", command: ["rm", "-r", join(folder, "lock")] }, { name: "b", command: ["true"], goOn: true }, { name: "c", command: ["true"] }], guardOf("op"));
    expect(told).toEqual(["a", "a 0", `b ${STAGE_CODE.lost}`]);
  });

  it("wait for those of an earlier connection", async () => {
    const first = play([{ name: "a", command: ["sleep", "0.6"] }], guardOf("op"));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const began = Date.now();
    await play([{ name: "b", command: ["true"] }], guardOf("op"));
    expect(Date.now() - began).toBeGreaterThan(200);
    await first;
  });
});

it("a reader takes pieces that end anywhere", () => {
  const { stdout } = formatStages([["a", { code: 0, stdout: "one\ntwo" }], ["b", { code: 4, stdout: "" }]]);
  const reader = new StageReader();
  for (const letter of stdout) reader.feed(letter, "stdout");
  expect([...reader.results].map(([name, { code, stdout }]) => [name, code, stdout])).toEqual([["a", 0, "one\ntwo"], ["b", 4, ""]]);
});
