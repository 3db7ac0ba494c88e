/** What a probe's answers come to. */
import { describe, expect, it } from "vitest";
import { faultIn, judge, type Sample } from "../../../deploy/move/probe.ts";

const sample = (at: number, milliseconds: number, fault: string | null = null): Sample => ({ at, milliseconds, fault });

describe("of answers", () => {
  it("the longest, the longest time without one, and the usual before requests were held", () => {
    const samples = [...Array.from({ length: 99 }, (_, turn) => sample(turn * 100, 10)), sample(9900, 50), sample(10_000, 70), sample(10_100, 12)];
    expect(judge(samples, 10_000)).toEqual({ requests: 102, failed: 0, longestMilliseconds: 70, gapMilliseconds: 140, usualMilliseconds: 50, failures: [] });
  });

  it("a failed one is counted by what was wrong, and makes a gap", () => {
    expect(judge([sample(0, 10), sample(100, 3, "status 503"), sample(200, 3, "status 503"), sample(300, 10)], 0)).toMatchObject({ requests: 4, failed: 2, gapMilliseconds: 300, failures: ["2 × status 503"] });
  });

  it("of none there is nothing to say", () => {
    expect(judge([], 0)).toEqual({ requests: 0, failed: 0, longestMilliseconds: 0, gapMilliseconds: 0, usualMilliseconds: 0, failures: [] });
  });
});

describe("one answer", () => {
  it.each([
    [{ status: 200, tenant: "acme", error: null }, null],
    [{ status: 403, tenant: "acme", error: null }, null],
    [{ status: 401, tenant: null, error: null }, null],
    [{ status: 200, tenant: "other", error: null }, "answered as tenant other"],
    [{ status: 404, tenant: null, error: null }, "status 404"],
    [{ status: 504, tenant: null, error: null }, "status 504"],
    [{ status: 0, tenant: null, error: "socket hang up" }, "no answer: socket hang up"],
  ])("%j is %j", (answer, fault) => {
    expect(faultIn(answer, "acme")).toBe(fault);
  });
});
