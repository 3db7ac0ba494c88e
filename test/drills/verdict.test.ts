/** What a drill says at its end. */
import { expect, it } from "vitest";
import { drills } from "../../drills/stories/index.ts";
import { type Ending, verdict } from "../../drills/verdict.ts";

const traffic = { sent: 90, ok: 90, failed: 0, failures: [], customers: {}, releases: {}, milliseconds: { p50: 1, p99: 2, max: 3 } };
const good: Ending = {
  hosts: [{ host: "helmex", release: "v3", leftovers: [] }], customers: [{ slug: "helmex", host: "helmex", release: "v3", fault: null }], openEnds: [], traffic, surprises: [],
};
const failed = { ...traffic, ok: 88, failed: 2, failures: ["2 × helmex GET /: status 502"] };

it.each<[string, "nobody" | "the host's customers", Partial<Ending>, boolean, string]>([
  ["all well", "nobody", {}, true, "✓ helmex     v3     1 of 1 names answer"],
  ["a lock left", "nobody", { hosts: [{ host: "helmex", release: "v3", leftovers: ["a lock: ada"] }] }, false, "✗ helmex     v3     1 of 1 names answer; a lock: ada"],
  ["no release", "nobody", { hosts: [{ host: "helmex", release: null, leftovers: [] }] }, false, "✗ helmex     –      1 of 1 names answer; no release serves"],
  ["no answer", "nobody", { customers: [{ slug: "helmex", host: "helmex", release: null, fault: "h.test did not answer: late" }] }, false, "✗ helmex     v3     0 of 1 names answer; helmex: h.test did not answer: late"],
  ["an open end", "nobody", { openEnds: ["operation x has no end"] }, false, "✗ operation x has no end"],
  ["noticed by nobody", "nobody", { traffic: failed }, false, "✗ customers sent 90 requests, 2 failed (2 × helmex GET /: status 502)"],
  ["noticed as it must be", "the host's customers", { traffic: failed }, true, "✓ customers sent 90 requests, 2 failed (2 × helmex GET /: status 502)"],
  ["a surprise", "nobody", { surprises: ["`deploy status` ended with 4 instead of 0"] }, false, "✗ `deploy status` ended with 4 instead of 0"],
])("%s", (_title, noticed, change, ok, line) => {
  const told = verdict({ noticed }, { ...good, ...change });
  expect(told.ok).toBe(ok);
  expect(told.lines).toContain(line);
});

it("has a drill for every disaster, each with its own name and a sentence", () => {
  expect(drills.map(({ name }) => name)).toEqual([
    "bad-release", "slow-start", "flapping", "out-of-memory", "migration-fails", "migration-hangs",
    "full-disk", "registry-down", "machine-frozen", "machine-dead", "network-cut", "two-operators",
  ]);
  for (const { sentence } of drills) expect(sentence).toMatch(/^[A-Z].*\.$/);
});
