/** A stand-in for the proxy: when it comes, when it goes, and what becomes of it when something fails. */
import { describe, expect, it } from "vitest";
import type { Context } from "../../../deploy/context.ts";
import { withStandIn } from "../../../deploy/stand-in/meanwhile.ts";
import { smallFleet } from "../support/fleet.ts";
import { type Rule, ScriptedRunner } from "../support/scripted.ts";

async function play(act: (() => Promise<number>) | undefined, rules: Rule[] = []) {
  const fleet = smallFleet();
  const runner = new ScriptedRunner([...rules, { when: /'<lock>'/, answer: { stdout: "taken\n" } }]);
  const notes: string[] = [];
  const context = {
    fleet, connect: async () => runner, now: () => new Date(0), signal: new AbortController().signal, environment: { operator: "ada", machine: "laptop" },
    report: { event: (event: { message?: string }) => { if (event.message) notes.push(event.message); }, text: () => {}, data: () => {} },
  } as object as Context;
  const acted: Promise<number>[] = [];
  const result = await withStandIn(context, {
    host: fleet.host("orion")!, operation: "op", wait: 0, pause: async () => {},
    ...(act ? { act: () => { runner.transcript.push("act"); const doing = act(); acted.push(doing); return doing; } } : {}),
  }).catch((error: Error & { hint?: string }) => error);
  return { result, notes, transcript: runner.transcript.map((text) => /'<([\w-]+)>'/.exec(text)?.[1] ?? text) };
}

const whole = ["lock", "begin-stand-in", "act", "end-stand-in", "unlock"];

describe("with a stand-in", () => {
  it("something is done to the proxy, under the host's lock", async () => {
    const { result, transcript, notes } = await play(async () => 0);
    expect([result, transcript]).toEqual([0, whole]);
    expect(notes).toEqual(["a stand-in serves; the proxy may be replaced", "the proxy serves again"]);
  });

  it("what fails meanwhile does not keep it there", async () => {
    expect(await play(async () => 7)).toMatchObject({ result: 7, transcript: whole });
    const thrown = await play(async () => { throw new Error("no such program"); });
    expect([String(thrown.result), thrown.transcript]).toEqual(["Error: no such program", whole]);
  });

  it("a proxy that does not come back is stood in for until somebody brings it", async () => {
    const { result, transcript } = await play(async () => 0, [{ when: /end-stand-in/, answer: { code: 1, stderr: "the proxy is not back with its routes" } }]);
    expect(transcript).toEqual(whole);
    expect(result).toMatchObject({ message: expect.stringMatching(/the proxy is not back with its routes\nthe stand-in goes on serving$/), hint: "bring the proxy back (pulumi up -s orion), then: deploy stand-in orion" });
  });

  it("one that could not begin changes nothing", async () => {
    const there = await play(async () => 0, [{ when: /begin-stand-in/, answer: { code: 10 } }]);
    expect(there).toMatchObject({ transcript: ["lock", "begin-stand-in", "unlock"], result: { message: "a stand-in serves orion already", hint: "once the proxy is back, this ends it: deploy stand-in orion" } });
    const failed = await play(async () => 0, [{ when: /begin-stand-in/, answer: { code: 1, stderr: "the stand-in does not know the proxy's routes" } }]);
    expect(failed.transcript).toEqual(["lock", "begin-stand-in", "unlock"]);
  });

  it("without anything to do ends one that was left", async () => {
    expect(await play(undefined)).toMatchObject({ result: 0, transcript: ["lock", "end-stand-in", "unlock"], notes: ["the proxy serves by itself"] });
  });

  it("waits for nobody who is at the host, unless asked to", async () => {
    const held = `held 1 {"by":"bob","machine":"desk","reason":"update to v3","since":"09:00","operation":"other"}`;
    const { result, transcript } = await play(async () => 0, [{ when: /'<lock>'/, answer: { code: 11, stdout: held } }]);
    expect(result).toMatchObject({ message: "orion is locked by bob on desk (update to v3), since 09:00", code: 3 });
    expect(new Set(transcript)).toEqual(new Set(["lock"]));
  });
});
