/** A fleet's run: order, how many at once, what a failure does to the rest, the way back of all. */
import { describe, expect, it } from "vitest";
import { Refused } from "../../../deploy/errors.ts";
import { outcomes, playFleet } from "../support/fleet-play.ts";

const five = ["a1", "b2", "c3", "d4", "e5"];
const ring = (hosts: string[], more: object = {}) => ({ hosts, ...more });

describe("a run", () => {
  it("goes ring after ring, in turn", async () => {
    const { summary, visits, atOnce } = await playFleet({ hosts: five, rollout: { rings: [ring(["c3"]), ring(["e5", "a1"])] } });
    expect(visits).toEqual(["c3", "e5", "a1", "b2", "d4"]);
    expect(atOnce).toBe(1);
    expect(summary).toMatchObject({ ok: true, failures: 0, next: null, stopped: false });
    expect(outcomes(summary)).toEqual(["c3 updated", "e5 updated", "a1 updated", "b2 updated", "d4 updated"]);
  });

  it("takes as many hosts of a ring at once as it says, and no host of the next before all are through", async () => {
    const { visits, atOnce } = await playFleet({ hosts: five, rollout: { rings: [ring(["a1", "b2", "c3"], { concurrency: 2 }), ring(["d4", "e5"])] } });
    expect(atOnce).toBe(2);
    expect(visits.slice(3)).toEqual(["d4", "e5"]);
  });

  it("watches a ring before the next one, not after the last", async () => {
    const { baked } = await playFleet({ hosts: five, rollout: { rings: [ring(["a1", "b2"], { bakeSeconds: 60 }), ring(["c3", "d4", "e5"], { bakeSeconds: 60 })] } });
    expect(baked).toEqual([["a1", "b2"]]);
  });
});

describe("a failure", () => {
  it("halts: what comes after is not reached", async () => {
    const { summary } = await playFleet({ hosts: five, bad: ["b2"] });
    expect(outcomes(summary)).toEqual(["a1 updated", "b2 failed", "c3 not-reached", "d4 not-reached", "e5 not-reached"]);
    expect(summary).toMatchObject({ ok: false, failures: 1, mostFailures: 0 });
    expect(summary.hosts.find(({ host }) => host === "b2")!.failure).toMatchObject({ step: "gate-inside", undone: "v1 kept serving; v2 removed" });
  });

  it("is put up with by `continue` within the budget, and not beyond", async () => {
    const rollout = { onFailure: "continue", maxFailures: 1 };
    expect(outcomes((await playFleet({ hosts: five, bad: ["b2"], rollout })).summary)).toEqual(["a1 updated", "b2 failed", "c3 updated", "d4 updated", "e5 updated"]);
    expect(outcomes((await playFleet({ hosts: five, bad: ["b2", "c3"], rollout })).summary)).toEqual(["a1 updated", "b2 failed", "c3 failed", "d4 not-reached", "e5 not-reached"]);
  });

  it("brings all back under `revert`, the last one first, as an operation of its own", async () => {
    const { summary, visits, operations } = await playFleet({ hosts: five, bad: ["d4"], rollout: { onFailure: "revert" } });
    expect(visits).toEqual(["a1", "b2", "c3", "d4", "revert c3", "revert b2", "revert a1"]);
    expect(outcomes(summary)).toEqual(["a1 reverted", "b2 reverted", "c3 reverted", "d4 failed", "e5 not-reached"]);
    expect(operations.map(({ id, verb, parent, outcome }) => [id, verb, parent, outcome])).toContainEqual(["op-revert", "revert", "op", "ok"]);
  });

  it("of the way back leaves the host on what serves there, and says so", async () => {
    const { summary } = await playFleet({ hosts: five, bad: ["c3"], stuck: ["a1"], rollout: { onFailure: "revert" } });
    expect(outcomes(summary)).toEqual(["a1 failed", "b2 reverted", "c3 failed", "d4 not-reached", "e5 not-reached"]);
    expect(summary.hosts.find(({ host }) => host === "a1")!.failure!.undone).toBe("it was to go back to v1; v2 kept serving; v1 removed");
  });

  it("of the journal at the way back leaves all as they are, with a summary that says so", async () => {
    const { summary, visits, operations } = await playFleet({ hosts: five, bad: ["c3"], unnoted: true, rollout: { onFailure: "revert" } });
    expect(visits).toEqual(["a1", "b2", "c3"]);
    expect(outcomes(summary)).toEqual(["a1 failed", "b2 failed", "c3 failed", "d4 not-reached", "e5 not-reached"]);
    expect(summary.hosts.find(({ host }) => host === "a1")!.failure).toEqual({ step: "lock", reason: "the journal has been away for 60 s", undone: "it still runs v2", hint: "is the server up?" });
    expect(operations.map(({ id }) => id)).toEqual(["op"]);
  });

  it("while it is watched takes the host back, and counts", async () => {
    const { summary, visits } = await playFleet({ hosts: five, ill: ["b2"], rollout: { rings: [ring(["a1", "b2"], { bakeSeconds: 60 })] } });
    expect(visits).toEqual(["a1", "b2", "revert b2"]);
    expect(outcomes(summary)).toEqual(["a1 updated", "b2 failed", "c3 not-reached", "d4 not-reached", "e5 not-reached"]);
    expect(summary.hosts.find(({ host }) => host === "b2")!.failure).toEqual({ step: "steady", reason: "b2: while it was watched, 12 % of 400 answers were errors", undone: "brought back to v1, which serves again" });
  });
});

describe("somebody else's lock", () => {
  it("of the very first host is the whole answer", async () => {
    await expect(playFleet({ hosts: five, held: ["a1"] })).rejects.toThrow(Refused);
  });

  it("of a later host is a failure of that host, where nothing was changed", async () => {
    const { summary } = await playFleet({ hosts: five, held: ["b2"] });
    expect(outcomes(summary)).toEqual(["a1 updated", "b2 failed", "c3 not-reached", "d4 not-reached", "e5 not-reached"]);
    expect(summary.next).toBe("`deploy resume` once the lock is free");
  });
});

it("a wish to stop lets nobody else begin, reverts nothing, and is no failure", async () => {
  const { summary } = await playFleet({ hosts: five, stopAt: "b2", rollout: { onFailure: "revert" } });
  expect(outcomes(summary)).toEqual(["a1 updated", "b2 failed", "c3 not-reached", "d4 not-reached", "e5 not-reached"]);
  expect(summary).toMatchObject({ stopped: true, next: "`deploy resume` continues" });
});

it("every step has an end in the journal, whatever happened", async () => {
  for (const scene of [{}, { bad: ["c3"] }, { stopAt: "b2" }, { ill: ["a1"], rollout: { rings: [ring(["a1"], { bakeSeconds: 9 })] } }]) {
    const { steps } = await playFleet({ hosts: five, ...scene });
    expect(steps.filter(({ endedAt }) => endedAt === null)).toEqual([]);
  }
});
