/** What a host that was left is asked to do about streams, and what it means when it can't. */
import { describe, expect, it } from "vitest";
import { endStreams } from "../../../deploy/move/steps/streams.ts";
import type { Event } from "../../../deploy/report/event.ts";
import { outputsOf, smallFleet, v1 } from "../support/fleet.ts";
import { ScriptedRunner } from "../support/scripted.ts";

async function end(streams: string[], answer: { code?: number; stderr?: string }): Promise<{ commands: string[]; events: Event[] }> {
  const base = smallFleet();
  const fleet = { ...base, platform: { ...base.platform, app: { ...base.platform.app, streams } } };
  const runner = new ScriptedRunner([{ when: /disconnect/, answer }]);
  const events: Event[] = [];
  await endStreams(
    { slug: "acme", report: { event: (event) => events.push(event), text: () => {}, data: () => {} }, connect: async () => runner },
    { context: { fleet, now: () => new Date(0) }, gathered: { source: { host: fleet.host("shared"), outputs: outputsOf("shared"), release: v1 } } } as never, "source",
  );
  return { commands: runner.transcript, events };
}

describe("streams at the host that was left", () => {
  it("are ended by the release that serves there, for this customer only", async () => {
    const { commands, events } = await end(["/events"], {});
    expect(commands).toEqual([expect.stringMatching(/docker run --rm .*registry\.example\.com\/shop\/app@sha256:1+ disconnect acme$/)]);
    expect(events).toEqual([]);
  });

  it("stay where the app can't end them, which is told and no reason to fail", async () => {
    const { events } = await end(["/events"], { code: 2, stderr: "unknown command disconnect" });
    expect(events).toEqual([expect.objectContaining({ type: "note", host: "shared", message: expect.stringMatching(/^streams of acme that were open in its cutover may stay open/) })]);
  });

  it("are nobody's in an app without", async () => {
    expect(await end([], {})).toEqual({ commands: [], events: [] });
  });
});
