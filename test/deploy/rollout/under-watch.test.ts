/** What customers' requests have to say in an update: a few go first, and the new container stays under watch before the old one leaves. */
import { describe, expect, it } from "vitest";
import { formatProbe } from "../../../deploy/host/gate.ts";
import { formatSections } from "../../../deploy/host/sections.ts";
import { wantedOf } from "../../../deploy/rollout/wanted.ts";
import { outputsOf, smallFleet, v1, v2 } from "../support/fleet.ts";
import { play, type Scene, wantedFor } from "../support/job.ts";
import { serving } from "../support/observation.ts";

const old = "app-v1-old";
const fresh = "app-v2-new";

/** The proxy's page, and the container's state. */
const traffic = ({ at = 1000, since = 100, service = "app", good = 0, errors = 0, restarts = 0, status = "running" }: { at?: number; since?: number; service?: string; good?: number; errors?: number; restarts?: number; status?: string } = {}): string => [
  `at ${at}`, `process_start_time_seconds ${since}`, `container /${fresh} ${status} ${restarts} 172.18.0.5`,
  `kamal_proxy_http_requests_total{method="GET",service="${service}",status="200"} ${good}`, `kamal_proxy_http_requests_total{method="GET",service="${service}",status="500"} ${errors}`,
  ...["0.1", "+Inf"].map((bound) => `kamal_proxy_http_request_duration_seconds_bucket{method="GET",service="${service}",status="200",le="${bound}"} ${good}`),
].join("\n");
/** A host on v1 whose proxy tells figures. */
const onV1 = (host: string) => ({ ...serving(wantedFor(v1, host)), traffic: traffic() });
const slice = (after: string, steady = "steady 4", before = traffic()): { stdout: string } => ({ stdout: formatSections({ before, steady, after }) });
/** Names answer rightly as v1 again. */
const backOnV1 = { when: /gate-outside/, answer: { stdout: formatProbe(wantedFor(v1).names, "v1", 2) } };

describe("a new container under watch", () => {
  const update = (scene: Partial<Scene>) => play({ look: () => onV1("orion"), ...scene });

  it("that stays well lets the old one leave, and what was seen is told", async () => {
    const { result, steps } = await update({ rules: [{ when: /<steady>/, answer: slice(traffic({ good: 60 })) }] });
    expect(result.outcome).toBe("updated");
    expect(steps.find(({ step }) => step === "steady")!.detail).toBe("60 requests, 0 % errors, 95th percentile 95 ms");
  });

  it.each<[string, string, string, string]>([
    ["that dies", traffic(), "fault the container died and was started again\nlog:\nout of memory\n", "orion: the container died and was started again\nits last log lines:\n  out of memory"],
    ["that is ready now and then", traffic(), "fault /health/ready answered 503: busy\nlog:\n", "orion: /health/ready answered 503: busy"],
    ["that fails its customers", traffic({ good: 80, errors: 20 }), "steady 4", "orion: under customers' requests, 20 % of 100 answers were errors (500 and above); before: not known"],
    ["that died between two looks", traffic({ restarts: 1 }), "steady 4", "orion: under customers' requests, the app's container died and was started again 1 time"],
    ["that is down at the end", traffic({ status: "exited" }), "steady 4", `orion: under customers' requests, ${fresh} is exited`],
  ])("%s is left again", async (_name, after, steady, reason) => {
    const { result, transcript } = await update({ rules: [{ when: /<steady>/, answer: slice(after, steady) }, { when: /gate-outside/, times: 1, answer: {} }, backOnV1] });
    expect(result).toMatchObject({ outcome: "failed", failure: { step: "steady", reason, undone: "switched back to v1, which serves again; v2 removed" } });
    expect(transcript.slice(-8)).toEqual([`watch ${fresh} for 2 s`, `start ${old}`, `inside ${old}`, `switch to ${old}`, "gate-outside", `remove ${fresh}`, "record", "unlock"]);
  });

  it("whose names are answered wrongly at the end is left again, also where nobody else asked", async () => {
    const { result, transcript } = await update({ rules: [{ when: /gate-outside/, times: 1, answer: {} }, { when: /gate-outside/, times: 3, answer: { stdout: "" } }, backOnV1] });
    expect(result).toMatchObject({ outcome: "failed", failure: { step: "steady", reason: expect.stringContaining("orion: 1 name of 1 wrong after 3 attempts"), undone: "switched back to v1, which serves again; v2 removed" } });
    expect(transcript.filter((text) => text === "gate-outside")).toHaveLength(5);
  });

  it("is judged against the host's own past, as read when the plan was made and when the lock was taken", async () => {
    const sickly = () => ({ ...onV1("orion"), traffic: traffic({ good: 900, errors: 100 }) });
    expect((await update({ look: sickly, rules: [{ when: /<steady>/, answer: slice(traffic({ good: 90, errors: 10 })) }] })).result.outcome).toBe("updated");
  });

  it("is looked at in slices, each judged, so that a fault ends a long watch early", async () => {
    const slices = [10, 20].map((second) => ({ when: /<steady>/, times: 1, answer: slice(traffic({ at: 1000 + second, good: second * 10, errors: second === 20 ? 50 : 0 }), "steady 20", traffic({ good: (second - 10) * 10 })) }));
    const { result, transcript } = await update({ rollout: { gate: { steadySeconds: 35 } }, rules: [...slices, { when: /gate-outside/, times: 1, answer: {} }, backOnV1] });
    expect(result.failure!.reason).toBe("orion: under customers' requests, 20 % of 250 answers were errors (500 and above); before: not known");
    expect(transcript.filter((text) => text.startsWith("watch"))).toEqual([`watch ${fresh} for 10 s`, `watch ${fresh} for 10 s`]);
    const whole = await update({ rollout: { gate: { steadySeconds: 25 } } });
    expect(whole.transcript.filter((text) => text.startsWith("watch"))).toEqual([`watch ${fresh} for 10 s`, `watch ${fresh} for 10 s`, `watch ${fresh} for 5 s`]);
  });

  it("ends early, and well, when a person wants to stop: requests are with the new release already", async () => {
    const { result, transcript } = await update({ rollout: { gate: { steadySeconds: 600 } }, stopAt: /<steady>/ });
    expect(result.outcome).toBe("updated");
    expect(transcript.filter((text) => text.startsWith("watch"))).toHaveLength(1);
  });

  it("is not watched where hosting.yaml says so", async () => {
    const { result, transcript } = await update({ rollout: { gate: { steadySeconds: 0 } } });
    expect([result.outcome, transcript.some((text) => text.startsWith("watch"))]).toEqual(["updated", false]);
  });

  it("of a proxy that tells no figures is judged by itself", async () => {
    const { steps } = await update({ look: () => ({ ...onV1("orion"), traffic: "at 900" }), rules: [{ when: /<steady>/, answer: slice(`at 1002\ncontainer /${fresh} running 0 172.18.0.5`, "steady 4", `at 1000\ncontainer /${fresh} running 0 172.18.0.5`) }] });
    expect(steps.find(({ step }) => step === "steady")).toMatchObject({ outcome: "ok", detail: "the proxy tells no figures" });
  });
});

describe("those who go first", () => {
  const canary = { customers: ["acme", "beta"], watchSeconds: 15 };
  const update = (scene: Partial<Scene> = {}) => play({ host: "shared", rollout: { canary }, look: () => onV1("shared"), ...scene });
  const acmeAndBeta = "acme.example.com beta.example.com";
  const namesOn = (version: string) => formatProbe(wantedFor(v2, "shared").names, version, 2);

  it("get the release by their exact names, are asked, watched and asked again; the switch ends it", async () => {
    const { result, transcript, steps, notes } = await update({ rules: [
      { when: /<steady>/, times: 1, answer: slice(traffic({ at: 1010, service: "canary", good: 12 }), "steady 20", traffic({ service: "canary" })) },
      { when: /<steady>/, times: 1, answer: slice(traffic({ at: 1015, service: "canary", good: 20 }), "steady 20", traffic({ service: "canary" })) },
    ] });
    expect(transcript.slice(5)).toEqual([
      `inside ${fresh}`, `first ${acmeAndBeta} on ${fresh}`, "gate-outside", `watch ${fresh} for 10 s`, `watch ${fresh} for 5 s`, "gate-outside",
      `switch to ${fresh}, end canary`, "gate-outside", `watch ${fresh} for 2 s`, "gate-outside", `stop ${old}`, `remove ${old} && prune`, "record", "unlock",
    ]);
    expect(result.outcome).toBe("updated");
    expect(steps.find(({ step }) => step === "canary")).toMatchObject({ outcome: "ok", detail: "acme, beta: 20 requests, 0 % errors, 95th percentile 95 ms" });
    expect(notes).toContain("shared: 20 requests, 0 % errors, 95th percentile 95 ms of acme, beta: too few to judge by");
  });

  it.each<[string, Scene["rules"], string]>([
    ["fail", [{ when: /<steady>/, answer: slice(traffic({ at: 1010, service: "canary", good: 50, errors: 50 }), "steady 20", traffic({ service: "canary" })) }], "shared: under customers' requests, 50 % of 100 answers were errors (500 and above); before: not known"],
    ["find it dead", [{ when: /<steady>/, answer: slice(traffic(), "fault the container is exited\nlog:\n") }], "shared: the container is exited"],
  ])("and %s are brought back before the new container goes; the others never met it", async (_name, rules, reason) => {
    const { result, transcript } = await update({ rules: [...rules!, { when: /gate-outside/, times: 1, answer: {} }, { when: /gate-outside/, answer: { stdout: namesOn("v1") } }] });
    expect(result).toMatchObject({ outcome: "failed", failure: { step: "canary", reason, undone: "v1 kept serving; v2 removed" } });
    expect(transcript.slice(-5)).toEqual([`withdraw ${acmeAndBeta} to ${old}`, "gate-outside", `remove ${fresh}`, "record", "unlock"]);
    expect(transcript.some((text) => text.startsWith("switch"))).toBe(false);
  });

  it("and get wrong answers are brought back as well", async () => {
    const { result, transcript } = await update({ rules: [{ when: /gate-outside/, answer: { stdout: namesOn("v1") } }] });
    expect(result.failure!.reason).toMatch(/^shared: 2 names of 2 wrong after 3 attempts: acme.example.com answered as release v1 instead of v2/);
    expect(transcript).toContain(`withdraw ${acmeAndBeta} to ${old}`);
  });

  it("are judged against what the host did since the plan, the others' requests of the same minutes included", async () => {
    const sickly = () => ({ ...onV1("shared"), traffic: traffic({ good: 900, errors: 100 }) });
    const after = `${traffic({ at: 1010, good: 990, errors: 110 })}\n${traffic({ at: 1010, service: "canary", good: 90, errors: 10 })}`;
    const { result } = await update({ look: sickly, rules: [{ when: /<steady>/, answer: slice(after, "steady 20", traffic({ good: 900, errors: 100 })) }] });
    expect(result.outcome).toBe("updated");
  });

  it("are brought back when a person stops the run meanwhile", async () => {
    const { result, transcript } = await update({ stopAt: /<steady>/, rules: [{ when: /gate-outside/, times: 1, answer: {} }, { when: /gate-outside/, answer: { stdout: namesOn("v1") } }] });
    expect(result.failure).toMatchObject({ step: "canary", interrupted: true, undone: "v1 kept serving; v2 removed" });
    expect(transcript.filter((text) => text.startsWith("watch"))).toHaveLength(1);
    expect(transcript).toContain(`withdraw ${acmeAndBeta} to ${old}`);
  });

  it("are brought back by the next connection when the host is lost meanwhile", async () => {
    const left = { ...onV1("shared"), apps: [...onV1("shared").apps!, { name: fresh, release: "v2", digest: v2.digest }], canary: { container: fresh, hosts: ["acme.example.com"] } };
    const { looks } = await import("../support/observation.ts");
    const { result, transcript } = await update({
      rules: [{ when: /<steady>/, answer: "dead" }],
      again: [{ when: /^printf/, answer: { stdout: looks(left, "shared") } }, { when: /gate-outside/, answer: { stdout: namesOn("v1") } }],
    });
    expect(result.failure).toMatchObject({ step: "canary", undone: "v1 kept serving; v2 removed" });
    expect(transcript.slice(-7)).toEqual(["settle", "look", `withdraw ${acmeAndBeta} to ${old}`, "gate-outside", `remove ${fresh}`, "record", "unlock"]);
  });

  it("take over names that the app's route still has one by one", async () => {
    const { transcript } = await update({ look: () => ({ ...onV1("shared"), hosts: ["acme.example.com", "beta.example.com"] }) });
    expect(transcript).toContain(`free the names, first ${acmeAndBeta} on ${fresh}`);
  });

  it.each<[string, Partial<Scene>]>([
    ["a rollback", { verb: "rollback", release: v1, look: () => serving(wantedFor(v2, "shared")) }],
    ["a first release", { look: () => ({}), rules: [{ when: /<dump>/, answer: { stdout: "empty\n" } }] }],
    ["a repair", { release: v1, look: () => ({ ...onV1("shared"), apps: onV1("shared").apps!.map((app) => ({ ...app, settings: "others" })) }) }],
    ["an update of what is down", { look: () => ({ ...onV1("shared"), apps: onV1("shared").apps!.map((app) => ({ ...app, status: "exited" })) }) }],
    ["a host of one customer", { host: "orion", look: () => onV1("orion") }],
    ["a platform without a canary", { rollout: {} }],
  ])("there are none in %s", async (_name, scene) => {
    const { result, transcript, steps } = await update(scene);
    expect(result.outcome).toBe("updated");
    expect(transcript.some((text) => text.startsWith("first"))).toBe(false);
    expect(steps.some(({ step }) => step === "canary")).toBe(false);
  });
});

describe("a canary that a killed run left", () => {
  const hosts = ["acme.example.com"];
  it("goes back to the old release before its container is removed", async () => {
    const look = () => ({ ...onV1("shared"), apps: [...onV1("shared").apps!, { name: "app-v2-dead", release: "v2", digest: v2.digest }], canary: { container: "app-v2-dead", hosts } });
    const { result, transcript, notes } = await play({ host: "shared", release: v1, look });
    expect(transcript.slice(1, 5)).toEqual(["look", `withdraw acme.example.com to ${old}`, "stop app-v2-dead", "remove app-v2-dead"]);
    expect(notes).toContain("took back a canary that an earlier run left: acme.example.com");
    expect(result.outcome).toBe("updated");
  });

  it("is only taken away when it leads where the others are, or when nothing else is alive", async () => {
    const same = await play({ host: "shared", release: v1, look: () => ({ ...onV1("shared"), canary: { container: old, hosts } }) });
    expect(same.transcript[2]).toBe("remove-canary");
    const dead = await play({ host: "shared", look: () => ({ ...onV1("shared"), apps: onV1("shared").apps!.map((app) => ({ ...app, status: "exited" })), canary: { container: "app-v2-dead", hosts } }) });
    expect(dead.transcript[2]).toBe("remove-canary");
  });
});

it("customers' names are the wildcard's on every shared host, so that an exact one can win over it", () => {
  const fleet = smallFleet({ customers: [
    { slug: "acme", name: "Acme", tier: "shared" }, { slug: "beta", name: "Beta", tier: "shared", host: "shared-2", hostnames: ["beta.shop"] }, { slug: "orion", name: "Orion", tier: "dedicated", phase: "live" },
  ] });
  const routes = (name: string) => wantedOf(fleet.platform, fleet.host(name)!, outputsOf(name), v1).routeHosts;
  expect([routes("shared"), routes("shared-2"), routes("orion")]).toEqual([["example.com", "*.example.com"], ["*.example.com", "beta.shop"], ["orion.example.com"]]);
});
