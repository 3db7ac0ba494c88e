/** What programs rely on: pages are fresh, every field is told, and what is really sent fits the schemas. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formatsPlugin from "ajv-formats";
import { expect, it } from "vitest";
import { events } from "../../../deploy/report/event.ts";
import { machineReport } from "../../../deploy/report/machines.ts";
import { pages } from "../../../deploy/report/pages.ts";
import { lifeRecording, moveRecording, recording, restoreRecording } from "./recording.ts";

const made = pages();
const ajv = new Ajv({ strict: false });
// The package's default export is the function, or holds it, as the loader has it.
(("default" in formatsPlugin ? formatsPlugin.default : formatsPlugin) as (ajv: Ajv) => void)(ajv);

it.each(Object.entries(made))("%s is fresh (else: node deploy/report/generate-pages.ts)", (path, text) => {
  expect(readFileSync(join(import.meta.dirname, "../../..", path), "utf8")).toBe(text);
});

it("every field is described", () => {
  expect(Object.values(made).flatMap((text) => text.split("\n")).filter((line) => /^\| `.*\|  \|$/.test(line))).toEqual([]);
});

it("the recording has every type of event, and each line of --json fits the schema", () => {
  const all = [...recording, ...moveRecording, ...lifeRecording, ...restoreRecording];
  expect(new Set(all.map(([, { type }]) => type))).toEqual(new Set(Object.keys(events)));
  const fits = ajv.compile(JSON.parse(made["docs/events.schema.json"]!));
  const { event } = machineReport((line) => expect([fits(JSON.parse(line)), fits.errors, line]).toEqual([true, null, line]));
  for (const [, what] of all) event(what);
});

it("the schemas refuse what is none", () => {
  for (const path of ["docs/events.schema.json", "docs/notification.schema.json"]) expect(ajv.compile(JSON.parse(made[path]!))({ type: "host-ended", kind: "end", at: "2026-05-01T10:00:00.000Z" })).toBe(false);
});
