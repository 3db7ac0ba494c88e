import { describe, expect, it } from "vitest";
import { exceeded, headersOf, warningOf } from "../../../app/limits/policies.ts";
import { hour, minute, secondsLeft } from "../../../app/limits/windows.ts";

const policy = { name: "hour", quota: 1000, windowSeconds: 3600, used: 988, resetSeconds: 340 };

describe("policies", () => {
  it("are told in the words of the draft", () => {
    expect(headersOf([])).toEqual({});
    expect(headersOf([policy, { name: "month", quota: 5e6, unit: "content-bytes", windowSeconds: 2592000, used: 6e6, resetSeconds: 9 }])).toEqual({
      "ratelimit-policy": '"hour";q=1000;w=3600, "month";q=5000000;qu="content-bytes";w=2592000',
      ratelimit: '"hour";r=12;t=340, "month";r=0;t=9',
    });
  });

  it.each([[999, false], [1000, false], [1001, true]])("the request number %i of 1000: refused %s", (used, refused) => {
    expect(exceeded({ ...policy, used })).toBe(refused);
  });

  it.each([[899, 1000, null], [900, 1000, "hour; used=900; limit=1000"], [1, 1, "hour; used=1; limit=1"], [5, null, null]])("%i of %s warns: %s", (used, limit, warning) => {
    expect(warningOf("hour", used, limit)).toBe(warning);
  });

  it.each([[hour, "12:00:00.000", 3600], [hour, "12:59:59.999", 1], [minute, "12:30:59.500", 1], [minute, "12:30:00.000", 60]])("%j at %s ends in %i s", (window, time, seconds) => {
    expect(secondsLeft(window, new Date(`2026-11-21T${time}Z`))).toBe(seconds);
  });
});
