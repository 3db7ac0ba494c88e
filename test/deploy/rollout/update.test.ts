/** Whole updates of one host as transcripts: what is run, in which order, and what a fault leads to. */
import { describe, expect, it } from "vitest";
import { Refused, UserError } from "../../../deploy/errors.ts";
import { formatProbe } from "../../../deploy/host/gate.ts";
import { v1, v2 } from "../support/fleet.ts";
import { looks, serving } from "../support/observation.ts";
import { play, SET_UP, wantedFor } from "../support/job.ts";

const onV1 = () => serving(wantedFor(v1));
const old = "app-v1-old";
const fresh = "app-v2-new";
const moving = { slug: "acme", operation: "move-1", from: "shared", to: "orion", phase: "preparing" as const, by: "ada", since: "2026-01-01T00:00:00Z" };

describe("an update", () => {
  it("goes lock, look, pull, migrate, start, gate, switch, gate, stop, tidy, record, unlock", async () => {
    const { result, transcript, steps } = await play({ look: onV1 });
    expect(transcript).toEqual([
      "lock", "look", "pull", "run migrate", `start ${fresh}`, `inside ${fresh}`, `switch to ${fresh}`, "gate-outside", `watch ${fresh} for 2 s`, "gate-outside", `stop ${old}`, `remove ${old} && prune`, "record", "unlock",
    ]);
    expect(result).toMatchObject({ outcome: "updated", from: "v1", to: "v2" });
    expect(steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(
      ["lock", "preflight", "backup-check", "pull", "migrate", "start", "gate-inside", "switch", "gate-outside", "steady", "drain", "prune", "record", "unlock"].map((step) => `${step} ok`));
  });

  it("looks only once when nobody had the host since, and runs no migration where there is none", async () => {
    const { result, transcript, steps } = await play({ look: () => ({ ...onV1(), generation: 7 }), schemaStays: true, rules: [{ when: /^'<stands>' \S+ 8 /, answer: { stdout: "unchanged\n" } }] });
    expect(transcript.slice(0, 4)).toEqual(["lock", "stands", "pull", `start ${fresh}`]);
    expect(result).toMatchObject({ outcome: "updated", from: "v1", to: "v2" });
    expect(steps.find(({ step }) => step === "migrate")!.detail).toBe("schema stays");
  });

  it("looks again when somebody had it", async () => {
    const look = () => ({ ...onV1(), generation: 7 });
    const { result, transcript } = await play({ look, rules: [{ when: /^'<stands>'/, answer: { stdout: looks({ ...onV1(), services: { postgres: "exited" } }) } }] });
    expect(transcript).toEqual(["lock", "stands", "unlock"]);
    expect(result.failure!.reason).toMatch(/postgres is exited/);
  });

  it("waits for a database that was made just now", async () => {
    const look = () => ({ ...onV1(), services: { postgres: "running starting" } });
    expect((await play({ look })).transcript.slice(0, 4)).toEqual(["lock", "look", "await-services", "pull"]);
    const { result } = await play({ look, rules: [{ when: /'<await-services>'/, answer: { code: 1, stderr: "postgres is still starting after 120 s" } }] });
    expect(result).toMatchObject({ outcome: "failed", failure: { step: "preflight", undone: "nothing was changed", reason: expect.stringContaining("postgres is still starting") } });
  });

  it("migrates a broken host, whatever it was known to have", async () => {
    const { transcript } = await play({ release: v1, look: () => ({ ...onV1(), apps: [{ ...onV1().apps![0]!, status: "exited" }] }), schemaStays: true });
    expect(transcript).toContain("run migrate");
  });

  it("takes a dump when the newest is too old, tells new tenants, writes changed secrets over standard input", async () => {
    const { transcript, inputs, steps } = await play({ look: () => ({ ...onV1(), dumpAgeSeconds: 25 * 3600, tenants: "other", filesMissing: true }), rules: [{ when: /<dump>/, answer: { stdout: "saved 4096 /x" } }] });
    expect(transcript.slice(0, 6)).toEqual(["lock", "look", "write-files", "dump", "pull", "run migrate, tenants"]);
    expect(steps.find(({ step }) => step === "backup-check")!.detail).toBe("taken, 5 kB");
    expect(inputs.some((text) => text.includes(Buffer.from("hidden-key").toString("base64")))).toBe(true);
    expect(JSON.parse(inputs.find((text) => text.startsWith("[{"))!)).toEqual([{ slug: "orion", name: "Orion", hostnames: ["orion.example.com"], status: "active", limits: {} }]);
  });

  it("backs up to the store when the newest backup is too old, and stops when that fails", async () => {
    const backup = { store: { path: "/mnt/share" }, password: "env:PASSWORD" };
    const look = () => ({ ...onV1(), backup: { database: 25, files: 1, customers: 1, verify: 1 } });
    const record = (ok: boolean): string => JSON.stringify({ kind: "database", at: 1, ok, seconds: 9, bytes: 5000, label: "20260501F", detail: ok ? "" : "the store does not answer" });
    const good = await play({ backup, look, rules: [{ when: /<run-backup>/, answer: { stdout: `at full backup\n${record(true)}\n` } }] });
    expect(good.transcript.slice(0, 4)).toEqual(["lock", "look", "run-backup", "pull"]);
    expect(good.steps.find(({ step }) => step === "backup-check")!.detail).toBe("taken, 5 kB");
    const bad = await play({ backup, look, rules: [{ when: /<run-backup>/, answer: { stdout: `${record(false)}\n` } }] });
    expect(bad.result.failure!.reason).toBe("orion: the backup before the update failed: the store does not answer");
    const fresh = await play({ backup, look: () => ({ ...onV1(), backup: { database: 3, files: 1, customers: 1, verify: 1 } }) });
    expect(fresh.transcript).not.toContain("run-backup");
    const bare = await play({ backup, look: () => ({ ...onV1(), dumpAgeSeconds: 25 * 3600 }), rules: [{ when: /<dump>/, answer: { stdout: "saved 4096 /x" } }] });
    expect(bare.transcript).toContain("dump");
  });

  it("sets a host up to back up that does not, or otherwise; the release serves all the same when that fails", async () => {
    const backup = { store: { path: "/mnt/share" }, password: "env:PASSWORD" };
    const look = (backupFingerprint: string | null) => () => ({ ...serving(wantedFor(v1, "orion", backup)), backupFingerprint });
    const last = ({ steps }: { steps: { step: string; detail: string | null }[] }): (string | null)[] => { const { step, detail } = steps.at(-2)!; return [step, detail]; };
    const never = await play({ backup, look: look(null) });
    expect(last(never)).toEqual(["backups", SET_UP]);
    expect(last(await play({ backup, look: look("0".repeat(64)) }))).toEqual(["backups", SET_UP]);
    expect(last(await play({ backup, look: () => serving(wantedFor(v1, "orion", backup)) }))[0]).toBe("record");
    const refreshed = await play({ backup, release: v1, look: look(null) });
    expect([refreshed.result.outcome, last(refreshed)]).toEqual(["updated", ["backups", SET_UP]]);
    const failed = await play({ backup, look: look(null), refreshBackups: async () => { throw new UserError("orion: its PostgreSQL image has no pgBackRest", { hint: "deploy backup image" }); } });
    expect([failed.result.outcome, last(failed)]).toEqual(["updated", ["backups", "failed"]]);
    expect(failed.notes.at(-1)).toMatch(/does not back up as hosting.yaml says: .* has no pgBackRest.*deploy backup install orion/s);
  });

  it("from a private registry logs in over standard input, for that pull", async () => {
    const { result, inputs, steps, transcript } = await play({ look: onV1, registryConfig: "hidden-login" });
    expect(result.outcome).toBe("updated");
    expect(inputs.filter((text) => text.includes("hidden-login"))).toHaveLength(1);
    expect(JSON.stringify([transcript, steps])).not.toContain("hidden");
  });

  it("of a host without a release has nothing to stop", async () => {
    const { result, transcript } = await play({ look: () => ({}), rules: [{ when: /<dump>/, answer: { stdout: "empty\n" } }] });
    expect(transcript).toEqual(["lock", "look", "dump", "pull", "run migrate, tenants", `start ${fresh}`, `inside ${fresh}`, `switch to ${fresh}`, "gate-outside", `watch ${fresh} for 2 s`, "gate-outside", "prune-images", "record", "unlock"]);
    expect(result).toMatchObject({ outcome: "updated", from: null });
  });

  it("tells what programs print, not what the host answers to us", async () => {
    const { told } = await play({ look: onV1, rules: [{ when: / migrate$/, answer: { stdout: "0004-invoices: done" } }] });
    expect(told).toEqual(["migrate", "gate-inside"]);
  });

  it("of a host that has the release and is well only looks", async () => {
    const { result, transcript } = await play({ release: v1, look: onV1 });
    expect(transcript).toEqual(["lock", "look", "unlock"]);
    expect(result.outcome).toBe("unchanged");
  });

  it("brings new host names and customers without a new container", async () => {
    const { result, transcript } = await play({ release: v1, look: () => ({ ...onV1(), hosts: ["other.example.com"], tenants: "other" }) });
    expect(transcript).toEqual(["lock", "look", "pull", "run tenants", `switch to ${old}`, "gate-outside", "unlock"]);
    expect(result.outcome).toBe("updated");
  });

  it("replaces a dead container by one of the same release", async () => {
    const { transcript } = await play({ release: v1, look: () => ({ ...onV1(), apps: onV1().apps!.map((app) => ({ ...app, status: "exited" })) }) });
    expect(transcript).toEqual(["lock", "look", "pull", "run migrate", "start app-v1-new", "inside app-v1-new", "switch to app-v1-new", "gate-outside", "watch app-v1-new for 2 s", "gate-outside", `remove ${old} && prune`, "record", "unlock"]);
  });

  it("going back leaves the schema alone", async () => {
    const { transcript } = await play({ release: v1, verb: "rollback", look: () => serving(wantedFor(v2)) });
    expect(transcript.slice(2, 5)).toEqual(["pull", "start app-v1-new", "inside app-v1-new"]);
  });
});

describe("what a killed run left", () => {
  it("is removed: the container that no request reaches, whichever it is", async () => {
    const look = () => ({ ...onV1(), apps: [...onV1().apps!, { name: "app-v2-dead", release: "v2", digest: v2.digest }, { name: "app-v0-x", release: "v0", digest: "d", status: "exited" }] });
    const { transcript, notes } = await play({ look });
    expect(transcript.slice(1, 4)).toEqual(["look", "stop app-v2-dead", "remove app-v2-dead app-v0-x"]);
    expect(notes).toEqual(["removed what an earlier run left: app-v2-dead"]);
  });

  it("includes a lock whose heartbeat stopped, and its owner is named", async () => {
    const { result, notes } = await play({ look: onV1, rules: [{ when: /'<lock>'/, answer: { stdout: `taken-over 75 {"by":"bob","machine":"desk","reason":"update to v2","since":"09:00"}` } }] });
    expect(notes).toEqual(["took over the lock of bob on desk (update to v2), since 09:00, silent for 75 s"]);
    expect(result.outcome).toBe("updated");
  });
});

describe("a fault", () => {
  it("of the lock: refused with who, why and since; nothing is touched, not even the lock", async () => {
    const runs = play({ look: onV1, rules: [{ when: /'<lock>'/, answer: { code: 11, stdout: `held 5 {"by":"bob","machine":"desk","reason":"update to v3","since":"09:00"}` } }] });
    await expect(runs).rejects.toThrow(Refused);
    await expect(runs).rejects.toThrow("orion is locked by bob on desk (update to v3), since 09:00; last sign of life 5 s ago");
  });

  it.each([
    ["a service that is down", { services: { postgres: "exited" } }, "services on orion are not up: postgres is exited"],
    ["a first boot that goes on", { booting: true }, "orion is still being set up by cloud-init"],
    ["a silent proxy: nothing may be judged a leftover then", { proxyFault: "Error: No such container: proxy" }, "the proxy on orion does not answer: Error: No such container: proxy"],
    ["a stand-in for the proxy: it knows the old release only", { services: { "proxy-stand-in": "running" } }, "a stand-in serves for the proxy on orion; a new release would not reach it"],
    ["a customer that moves away or here", { moves: [moving] }, "acme is moving from shared to orion; an update of orion could change what the two have in common"],
    ["a full disk", { freeBytes: 900_000_000 }, "/ on orion is nearly full: 900 MB of 40.0 GB left"],
  ])("before anything was done: %s", async (_name, look, reason) => {
    const { result, transcript } = await play({ look: () => ({ ...onV1(), ...look }) });
    expect(transcript).toEqual(["lock", "look", "unlock"]);
    expect(result).toMatchObject({ outcome: "failed", failure: { step: "preflight", reason, undone: "nothing was changed" } });
  });

  it("of the schema while changes flow between a customer's two hosts: other migrations stay away, other releases come", async () => {
    const look = () => ({ ...onV1(), moves: [{ ...moving, phase: "moved" as const }] });
    const refused = await play({ look, rules: [{ when: /'<same-migrations>'/, answer: { code: 13 } }] });
    expect(refused.result).toMatchObject({ outcome: "failed", failure: { step: "migrate", reason: "v2 may change the schema, and changes still flow between shared and orion since acme has moved", undone: "v1 was not touched" } });
    expect(refused.transcript).toEqual(["lock", "look", "pull", "run migrate", "unlock"]);
    expect((await play({ look })).result.outcome).toBe("updated");
  });

  it("is none for the move's own operation, which brings the release to a new host", async () => {
    const { result } = await play({ look: () => ({ ...onV1(), moves: [{ ...moving, operation: "op" }] }) });
    expect(result.outcome).toBe("updated");
  });

  it.each([
    ["pull", /docker pull/, "pull", "v1 was not touched"],
    ["migrate", / migrate$/, "migrate", "v1 was not touched"],
    ["start", /run --detach/, "start", "v1 kept serving; v2 removed"],
    ["gate inside", /'<gate-inside>'/, "gate-inside", "v1 kept serving; v2 removed"],
    ["the proxy refusing the switch", /kamal-proxy deploy/, "switch", "v1 kept serving; v2 removed"],
  ])("in %s leaves the old release serving", async (_name, when, step, undone) => {
    const { result, transcript } = await play({ look: onV1, rules: [
      { when, answer: { code: 1, stderr: "no", stdout: "failed 1\n  3 /health/ready answered 500: broken\nlog:\n" } },
      { when: /gate-outside/, answer: { stdout: formatProbe(wantedFor(v1).names, "v1", 2) } },
    ] });
    expect(result).toMatchObject({ outcome: "failed", failure: { step, undone } });
    const started = undone.includes("removed");
    expect(transcript.slice(-4)).toEqual(started ? ["gate-outside", `remove ${fresh}`, "record", "unlock"] : expect.arrayContaining(["unlock"]));
    expect(transcript).not.toContain(`stop ${old}`);
    expect(transcript).not.toContain(`switch to ${old}`);
  });

  it("after the switch switches back, gates the old release again, and says so", async () => {
    const { result, transcript } = await play({ look: onV1, rules: [
      { when: /gate-outside/, times: 3, answer: { stdout: formatProbe(wantedFor(v2).names, "v0", 2) } },
      { when: /gate-outside/, answer: { stdout: formatProbe(wantedFor(v1).names, "v1", 2) } },
      { when: /docker logs/, answer: { stdout: "no such column\n" } },
    ] });
    expect(transcript.slice(-12)).toEqual([`switch to ${fresh}`, "gate-outside", "gate-outside", "gate-outside", `logs --timestamps --tail 10 ${fresh}`, `start ${old}`, `inside ${old}`, `switch to ${old}`, "gate-outside", `remove ${fresh}`, "record", "unlock"]);
    expect(result).toMatchObject({ outcome: "failed", failure: {
      step: "gate-outside", reason: "orion: 1 name of 1 wrong after 3 attempts: orion.example.com answered as release v0 instead of v2\nits last log lines on orion:\n  no such column", undone: "switched back to v1, which serves again; v2 removed" } });
  });

  it("of a first install leaves no app", async () => {
    const { result, transcript } = await play({ look: () => ({ dumpAgeSeconds: 60 }), rules: [{ when: /gate-outside/, answer: { stdout: formatProbe(wantedFor(v2).names, "v0", 2) } }] });
    expect(transcript.slice(-4)).toEqual(["kamal-proxy remove app", `remove ${fresh}`, "record", "unlock"]);
    expect(result.failure!.undone).toBe("no release ran here before, and none runs now; v2 removed");
  });

  it("in tidying up is told, but the host counts as updated", async () => {
    const { result, notes, transcript } = await play({ look: onV1, rules: [{ when: /prune-images/, answer: { code: 1, stderr: "disk" } }] });
    expect(result.outcome).toBe("updated");
    expect(notes[0]).toMatch(/^prune: orion: tidying up failed with exit code 1/);
    expect(transcript.slice(-2)).toEqual(["record", "unlock"]);
  });
});

describe("a host that dies in the middle", () => {
  it("is connected to once more; what was started is taken back", async () => {
    const { result, transcript } = await play({ look: onV1, rules: [{ when: /gate-inside/, answer: "dead" }], again: [
      { when: /^printf/, answer: { stdout: looks({ ...onV1(), apps: [...onV1().apps!, { name: fresh, release: "v2", digest: v2.digest }] }) } },
      { when: /gate-outside/, answer: { stdout: formatProbe(wantedFor(v1).names, "v1", 2) } },
    ] });
    expect(transcript.slice(-6)).toEqual(["settle", "look", "gate-outside", `remove ${fresh}`, "record", "unlock"]);
    expect(result.failure).toMatchObject({ reason: "orion does not answer any more: nothing heard for 12 s", undone: "v1 kept serving; v2 removed" });
  });

  it("and stays dead ends in a sentence", async () => {
    const { result } = await play({ look: onV1, rules: [{ when: /gate-inside/, answer: "dead" }, { when: /./, answer: {} }] });
    expect(result.failure!.undone).toMatch(/^what it runs now could not be made sure: orion does not answer: nothing within 10 s\nthe next run/);
  });
});

describe("a wish to stop", () => {
  it("before the switch takes back what was started", async () => {
    const { result, transcript } = await play({ look: onV1, stopAt: /gate-inside/, rules: [{ when: /gate-outside/, answer: { stdout: formatProbe(wantedFor(v1).names, "v1", 2) } }] });
    expect(transcript.slice(-6)).toEqual([`inside ${fresh}`, "stop", "gate-outside", `remove ${fresh}`, "record", "unlock"]);
    expect(result.failure).toMatchObject({ reason: "stopped on request", interrupted: true, undone: "v1 kept serving; v2 removed" });
  });

  it("ends a migration that does not come to its end, and is no failure", async () => {
    const { result } = await play({ look: onV1, stopAt: / migrate$/, rules: [{ when: / migrate$/, answer: { code: 124 } }] });
    expect(result.failure).toMatchObject({ step: "migrate", reason: "stopped on request", interrupted: true, undone: "v1 was not touched" });
  });

  it("after the switch finishes the host", async () => {
    const { result } = await play({ look: onV1, stopAt: /kamal-proxy deploy/ });
    expect(result.outcome).toBe("updated");
  });
});

it("prints no secret, anywhere", async () => {
  const { transcript, steps } = await play({ look: () => ({ ...onV1(), filesMissing: true }) });
  expect(JSON.stringify([transcript, steps, looks({})])).not.toContain("hidden");
});
