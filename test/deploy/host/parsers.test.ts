/** What hosts answer, read back. */
import { describe, expect, it } from "vitest";
import { type Expectation, faultOf, formatProbe, parseProbe } from "../../../deploy/host/gate.ts";
import { describeOwner, parseLockAnswer } from "../../../deploy/host/lock.ts";
import { isUp, parseObservation } from "../../../deploy/host/observe.ts";
import { parseDumped, parseDumps } from "../../../deploy/host/postgres.ts";
import { parseRoutes } from "../../../deploy/host/proxy.ts";
import { parseReleaseLog, releaseBefore, type ReleaseRecord } from "../../../deploy/host/release-log.ts";
import { parseChecksums } from "../../../deploy/host/secrets.ts";
import { parseSteady } from "../../../deploy/host/steady.ts";
import { formatSections, parseSections } from "../../../deploy/host/sections.ts";
import { explain } from "../../../deploy/rollout/steps/gate-inside.ts";
import { looks } from "../support/observation.ts";

describe("locks", () => {
  const owner = { operation: "op", by: "ada", machine: "laptop", reason: "update to v2", since: "12:00" };
  it.each([
    ["taken\n", { outcome: "taken" }],
    [`held 5 ${JSON.stringify(owner)}\n`, { outcome: "held", silentSeconds: 5, by: owner }],
    [`taken-over 75 ${JSON.stringify(owner)}\n`, { outcome: "taken-over", silentSeconds: 75, from: owner }],
    ["held 5 \n", { outcome: "held", silentSeconds: 5, by: {} }],
    ["held -3 {half", { outcome: "held", silentSeconds: -3, by: {} }],
  ])("reads %j", (text, answer) => {
    expect(parseLockAnswer(text)).toEqual(answer);
  });
  it("names the owner, also of a damaged lock", () => {
    expect(describeOwner(owner)).toBe("ada on laptop (update to v2), since 12:00");
    expect(describeOwner({})).toBe("somebody who left no name");
  });
  it("refuses what is no answer", () => {
    expect(() => parseLockAnswer("sh: flock: not found")).toThrow(/not an answer/);
  });
});

describe("the release log", () => {
  const record = (version: string, verb: ReleaseRecord["verb"] = "update", outcome: ReleaseRecord["outcome"] = "serving"): ReleaseRecord =>
    ({ version, digest: `sha256:${version}`, at: "", by: "", operation: "", verb, outcome });
  it.each([
    ["nothing", [], "v1", undefined],
    ["one release", [record("v1")], "v1", undefined],
    ["two", [record("v1"), record("v2")], "v2", "v1"],
    ["a failed one between", [record("v1"), record("v2", "update", "failed"), record("v3")], "v3", "v1"],
    ["the same again", [record("v1"), record("v2"), record("v2")], "v2", "v1"],
    ["a second rollback goes further back", [record("v1"), record("v2"), record("v3"), record("v2", "rollback")], "v2", "v1"],
    ["never forward to what was left", [record("v1"), record("v2"), record("v1", "rollback")], "v1", undefined],
    ["forward again, then back", [record("v1"), record("v2"), record("v1", "rollback"), record("v2")], "v2", "v1"],
    ["an update to an old one", [record("v1"), record("v2"), record("v1")], "v1", "v2"],
    ["an unknown current one", [record("v1"), record("v2")], "v9", "v2"],
  ])("finds the one before: %s", (_name, log, current, before) => {
    expect(releaseBefore(log, current)?.version).toBe(before);
  });
  it("passes over a damaged line", () => {
    expect(parseReleaseLog(`${JSON.stringify(record("v1"))}\n{"version":"v`)).toEqual([record("v1")]);
  });
});

describe("the proxy's list", () => {
  it("is read through its colours", () => {
    expect(parseObservation(looks({ route: "app-v1-abc", hosts: ["example.com", "*.example.com"] }), []).route).toEqual(
      { target: "app-v1-abc:3000", container: "app-v1-abc", hosts: ["example.com", "*.example.com"], state: "running", tls: true });
  });
  it("tells the canary's row from the app's", () => {
    const text = "\u001b[3;94mService\u001b[0m\n\u001b[1;34mapp\u001b[0m  \u001b[m*.example.com\u001b[0m  /  app-v1-abc:3000  running  yes\n\u001b[1;34mcanary\u001b[0m  acme.example.com,beta.example.com  /  app-v2-abc:3000  running  yes\n";
    expect(parseRoutes(text, "canary")).toEqual({ target: "app-v2-abc:3000", container: "app-v2-abc", hosts: ["acme.example.com", "beta.example.com"], state: "running", tls: true });
    expect(parseRoutes(text)!.container).toBe("app-v1-abc");
  });
  it.each([["Service  Host  Path  Target  State  TLS\n"], [""], ["other  x  /  y:1  running  no"]])("knows no app in %j", (text) => {
    expect(parseRoutes(text)).toBeUndefined();
  });
});

describe("customers' answers", () => {
  const acme: Expectation = { hostname: "acme.example.com", tenant: "acme", suspended: false, certified: true };
  const gone: Expectation = { hostname: "gone.example.com", tenant: "gone", suspended: true, certified: true };
  const answer = (status: number, release: string | null, tenant: string | null, error: string | null = null) => ({ hostname: "acme.example.com", status, release, tenant, seconds: 0.1, error });
  it("are read round by round", () => {
    expect(parseProbe(formatProbe([acme, gone], "v2", 2)).map((round) => round.map(({ hostname, status, release, tenant }) => [hostname, status, release, tenant]))).toEqual(
      [1, 2].map(() => [["acme.example.com", 200, "v2", "acme"], ["gone.example.com", 403, "v2", "gone"]]));
  });
  it("keep a refused connection's reason", () => {
    const text = "\u001eround\n\n\u001eanswer https://acme.example.com/version 000 0.001 SSL: no alternative certificate subject name\n";
    expect(parseProbe(text)).toEqual([[{ hostname: "acme.example.com", status: 0, release: null, tenant: null, seconds: 0.001, error: "SSL: no alternative certificate subject name" }]]);
  });
  it.each([
    ["all right", answer(200, "v2", "acme"), acme, null],
    ["old release", answer(200, "v1", "acme"), acme, "answered as release v1 instead of v2"],
    ["other tenant", answer(200, "v2", "beta"), acme, "answered as tenant beta instead of acme"],
    ["unknown tenant", answer(200, "v2", null), acme, "answered as tenant none instead of acme"],
    ["error page of the proxy", answer(502, null, null), acme, "answered 502 instead of 200"],
    ["nothing", answer(0, null, null, "Connection refused"), acme, "did not answer: Connection refused"],
    ["not asked", undefined, acme, "was not asked"],
    ["suspended, refused", answer(403, "v2", "gone"), gone, null],
    ["suspended, open path", answer(200, "v2", "gone"), gone, null],
    ["suspended, old release", answer(403, "v1", "gone"), gone, "answered as release v1 instead of v2"],
  ])("are judged: %s", (_name, seen, wanted, fault) => {
    expect(faultOf(seen, wanted, "v2")).toBe(fault);
  });
});

describe("an inside gate that failed", () => {
  it("tells the newest answer first, then what was before, then the log", () => {
    expect(explain("failed 3\n      9 /health/ready did not answer\n      3 /health/ready answered 500: broken\nlog:\nline one\nline two\n")).toBe(
      "/health/ready answered 500: broken (3 times in a row)\nbefore: /health/ready did not answer (9 times in a row)\nits last log lines:\n  line one\n  line two");
  });
  it("has words for silence", () => {
    expect(explain("failed 0\nlog:\n")).toBe("nothing was heard from the new container");
  });
});

describe("a container that was watched", () => {
  it.each([
    ["steady 7\n", null],
    ["fault the container is exited\nlog:\nline one\nline two\n", "the container is exited\nits last log lines:\n  line one\n  line two"],
    ["fault /ready answered 503: no\nlog:\n", "/ready answered 503: no"],
    ["fault the container is gone\n", "the container is gone"],
    ["", "nothing was heard of the container"],
  ])("is read: %j", (stdout, fault) => {
    expect(parseSteady(stdout)).toBe(fault);
  });
});

describe("small answers", () => {
  it("sections survive odd output", () => {
    const parts = { one: "a\nb", two: { code: 3, output: "" }, three: "ends\n" };
    expect(Object.fromEntries(parseSections(formatSections(parts)))).toEqual({ one: { code: 0, output: "a\nb" }, two: { code: 3, output: "" }, three: { code: 0, output: "ends\n" } });
  });
  it("checksums", () => {
    expect(parseChecksums(`${"a".repeat(64)}  /etc/x y\nsha256sum: no\n`)).toEqual(new Map([["/etc/x y", "a".repeat(64)]]));
  });
  it("dumps, newest first", () => {
    expect(parseDumps("100.5 10 /b/one.dump\n200 20 /b/two.dump\n")).toEqual([{ at: 200, bytes: 20, path: "/b/two.dump" }, { at: 100.5, bytes: 10, path: "/b/one.dump" }]);
  });
  it("what dumps came to", () => {
    expect(parseDumped("saved 30 /b/app_acme-1.dump\nsaved 12 /b/app-1.dump\n")).toBe(42);
    expect(parseDumped("empty\n")).toBe(0);
  });
  it.each([["running", null, true], ["running", "healthy", true], ["running", "starting", true], ["running", "unhealthy", false], ["exited", null, false], ["missing", null, false]])("a service that is %s and %s is up: %s", (status, health, up) => {
    expect(isUp({ name: "redis", status, health })).toBe(up);
  });
  it("an observation without Docker says why", () => {
    const text = formatSections({ docker: { code: 1, output: "Cannot connect to the Docker daemon" }, proxy: { code: 1, output: "Cannot connect" } });
    expect(parseObservation(text, ["redis"])).toMatchObject({ dockerFault: "Cannot connect to the Docker daemon", services: [{ name: "redis", status: "missing" }], route: undefined });
  });
});
