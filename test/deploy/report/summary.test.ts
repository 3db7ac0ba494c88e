/** The text that is pasted to a colleague. */
import { describe, expect, it } from "vitest";
import type { Summary } from "../../../deploy/report/event.ts";
import { censusLine, summaryLines } from "../../../deploy/report/summary.ts";
import { failed, host, summaryOf } from "./summaries.ts";

const names = (prefix: string, amount: number): string[] => Array.from({ length: amount }, (_, index) => `${prefix}${index + 1}`);

describe("summary", () => {
  it.each<[what: string, Partial<Summary>, string[]]>([
    ["one host", { verb: "rollback", release: "v1", ok: true, next: null, seconds: 6.2, hosts: [host("orion", "updated")] }, ["Done: rollback v1 on orion. 6.2 s"]],
    ["one host that was there already", { ok: true, next: null, seconds: 1, hosts: [host("orion", "unchanged")] }, ["Done: update-all v2 on orion: 1 already there. 1.0 s"]],
    ["one host that failed: why stands above", { verb: "update", next: "fix", hosts: [failed] }, ["Halted: update v2 on shared: 0 updated, 1 failed. 15 s", "Next: fix"]],
    ["nobody", { ok: true, next: null, seconds: 0, hosts: [] }, ["Done: update-all v2 on 0 hosts. 0.0 s"]],
    ["stopped", { stopped: true, hosts: [host("a", "updated"), host("b", "not-reached")], rings: [{ name: "all", hosts: ["a", "b"] }] }, [
      "Stopped: update-all v2 on 2 hosts: 1 updated, 1 not reached. 15 s", "  ring 1 all  1 updated: a; 1 not reached: b", "  journal     deploy history show 20260501100000-abc123", "Next: fix",
    ]],
    ["continued within its budget", { onFailure: "continue", mostFailures: 2, next: null, hosts: [host("a", "updated"), failed] }, [
      "Halted: update-all v2 on 2 hosts: 1 updated, 1 failed. 15 s",
      "  failed   shared: inside: /health/ready answered 500: password=hidden; v1 kept serving; v2 removed", "  budget   1 failure, 2 allowed, then it halts", "  journal  deploy history show 20260501100000-abc123",
    ]],
    ["a hundred hosts", { ok: true, next: null, failures: 0, hosts: names("h", 100).map((name) => host(name, "updated")), rings: [{ name: "dedicated", hosts: names("h", 99) }, { name: "shared", hosts: ["h100"] }],
      skipped: [{ host: "nova", reason: "left out on request" }], census: names("h", 100).map((name) => ({ host: name, release: "v2", ok: true, detail: "" })) }, [
      "Done: update-all v2 on 100 hosts: 100 updated, 1 left out. 15 s",
      "  ring 1 dedicated  99 updated: h1, h2, h3, h4, h5, h6, h7, h8, h9, h10 and 89 more", "  ring 2 shared     1 updated: h100", "  left out          nova: left out on request", "  runs now          v2 on 100 hosts",
    ]],
  ])("%s", (_what, changes, lines) => {
    expect(summaryLines(summaryOf(changes))).toEqual(lines);
  });
});

describe("census", () => {
  const on = (release: string | null, hosts: string[], detail = "", ok = release !== null) => hosts.map((name) => ({ host: name, release, ok, detail }));
  it.each([
    [[...on("v41", ["shared", "orion"]), ...on("v42", names("h", 12)), ...on(null, ["helmex"], "does not answer")], "v42 on 12 hosts, v41 on 2: shared, orion; helmex does not answer"],
    [[...on("v42", ["a"]), ...on(null, ["b", "c"], "does not answer")], "v42 on 1 host; b, c: does not answer"],
    [[...on("v42", ["a"]), ...on("v42", ["b"], "2 of 14 customers are not served", false)], "v42 on 2 hosts; ✗ b: 2 of 14 customers are not served"],
    [on(null, ["a"], "runs no release"), "a runs no release"],
  ])("%#", (census, line) => {
    expect(censusLine(census)).toBe(line);
  });
});
