/** What past runs foretell, and what a rollout asks of others. */
import { describe, expect, it } from "vitest";
import { bakesOf, callsOf, durationOf, expectedFrom, median } from "../../../deploy/rollout/prediction.ts";

describe("a host's time", () => {
  const times = [
    ...[2, 9, 3].map((seconds) => ({ host: "helmex", step: "pull", seconds })), ...[1, 2].map((seconds) => ({ host: "helmex", step: "start", seconds })),
    { host: "shared", step: "pull", seconds: 30 }, { host: "shared", step: "drain", seconds: 8 },
  ];
  const expect_ = expectedFrom(times);
  it.each<[string, string, string[], number | null]>([
    ["its own medians", "helmex", ["pull", "start"], 4.5],
    ["all hosts' for a step it never took", "helmex", ["pull", "drain"], 11],
    ["all hosts' for a new host", "nova", ["pull"], 6],
    ["a step that nobody ever took counts nothing", "helmex", ["pull", "migrate"], 3],
    ["unknown when nobody took any", "helmex", ["migrate"], null],
    ["unknown without steps", "helmex", [], null],
  ])("%s", (_what, host, steps, seconds) => {
    expect(expect_(host, steps)).toBe(seconds);
  });
  it("is not known without a past", () => expect(expectedFrom([])("helmex", ["pull"])).toBeNull());
  it.each([[[3], 3], [[3, 1], 2], [[9, 1, 2], 2], [[4, 1, 2, 3], 2.5]])("median of %j: %s", (values, middle) => expect(median(values)).toBe(middle));
});

describe("a rollout's time", () => {
  const ring = (concurrency: number, seconds: (number | null)[], bakeSeconds = 0) => ({ concurrency, bakeSeconds, hosts: seconds.map((expectedSeconds) => ({ expectedSeconds })) });
  it.each<[string, ReturnType<typeof ring>[], number | null]>([
    ["in turn", [ring(1, [5, 6, 7])], 18],
    ["two at once: the next begins where one has ended", [ring(2, [10, 2, 3, 4])], 10],
    ["more lanes than hosts", [ring(10, [5, 6])], 6],
    ["ring after ring, watched in between", [ring(1, [5], 60), ring(5, [6, 6], 600)], 71],
    ["one host not known", [ring(1, [5]), ring(1, [6, null])], null],
    ["nothing to do", [], 0],
  ])("%s", (_what, rings, seconds) => {
    expect(durationOf(rings)).toBe(seconds);
  });
  it("watching is what lies between rings", () => expect([bakesOf([]), bakesOf([{ bakeSeconds: 9 }]), bakesOf([{ bakeSeconds: 9 }, { bakeSeconds: 5 }, { bakeSeconds: 7 }])]).toEqual([0, 0, 14]));
});

describe("what is asked of others", () => {
  const hosts = [{ pullBytes: 5 }, { pullBytes: 0 }, { pullBytes: null }];
  it.each([
    ["registry.example.com/shop/app", { service: "registry.example.com", calls: 5, limit: "no limit known" }],
    ["shop/app", { service: "docker.io", calls: 5, limit: "limit 100 in 6 hours from an address, 200 with a free account" }],
    ["docker.io/shop/app", { service: "docker.io", calls: 5, limit: "limit 100 in 6 hours from an address, 200 with a free account" }],
  ])("%s", (repository, registry) => {
    expect(callsOf(repository, hosts, 3)).toEqual([
      { service: "Hetzner", calls: 0, limit: "limit 3600 an hour" }, { service: "Cloudflare", calls: 0, limit: "limit 1200 in 5 minutes" }, registry,
    ]);
  });
});
