import { describe, expect, it } from "vitest";
import { parseTime } from "../../../deploy/restore/time.ts";

const now = new Date("2026-05-01T10:00:00Z");

describe("a time to go back to", () => {
  it.each([
    ["10 min", "2026-05-01T09:50:00.000Z"], ["90s", "2026-05-01T09:58:30.000Z"], ["1.5h ago", "2026-05-01T08:30:00.000Z"], ["2 d", "2026-04-29T10:00:00.000Z"], ["1m", "2026-05-01T09:59:00.000Z"],
    ["2026-05-01T09:00:00Z", "2026-05-01T09:00:00.000Z"], ["2026-05-01 09:00 UTC", "2026-05-01T09:00:00.000Z"], ["2026-05-01 11:00:30.5+0200", "2026-05-01T09:00:30.500Z"], ["2026-05-01T11:00+02:00", "2026-05-01T09:00:00.000Z"],
  ])("%s", (text, at) => expect(parseTime(text, now)).toBe(at));

  it("without a zone it is this machine's", () => {
    expect(parseTime("2026-04-30 09:00", now)).toBe(new Date("2026-04-30T09:00").toISOString());
  });

  it.each(["", "yesterday", "10", "10 weeks", "2026-05-01", "2026-13-01 10:00", "-5 min"])("%j is none", (text) => {
    expect(() => parseTime(text, now)).toThrow(/is no time/);
  });

  it("one that has not come is refused", () => {
    expect(() => parseTime("2026-05-01T10:00:01Z", now)).toThrow(/has not come yet/);
  });
});
