/** Simulated hosts run the very text that deploy sends: as a shell would, with programs of their own. */
import { describe, expect, it } from "vitest";
import { Input, evaluate, type Program } from "../../bench/fleet/evaluate.ts";
import { Host } from "../../bench/fleet/host.ts";
import { all, any, type Command, pipe, quiet, script } from "../../deploy/host/command.ts";
import { probe, probeInput, parseProbe } from "../../deploy/host/gate.ts";
import { takeLock } from "../../deploy/host/lock.ts";
import { observe, parseObservation } from "../../deploy/host/observe.ts";
import { StageReader, stages, stagesInput } from "../../deploy/host/stages.ts";
import { render } from "../../deploy/remote/shell.ts";

const programs: Record<string, Program> = {
  say: (words, { out }) => (out(`${words.join("|")}\n`), 0),
  warn: (words, { err }) => (err(`${words.join("|")}\n`), 0),
  read: async (_, { input, out }) => (out(`<${await input.read()}>`), 0),
  head: async ([, most], { input, out }) => (out(await input.read(Number(most))), 0),
  fail: ([code]) => Number(code ?? 1),
};

async function run(text: string, input = ""): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: "", err: "" };
  const code = await evaluate(text, { program: (name) => programs[name] }, { input: Input.of(input), out: (part) => { printed.out += part; }, err: (part) => { printed.err += part; } });
  return { code, ...printed };
}

describe("shell text", () => {
  it.each<[string, string, Partial<Awaited<ReturnType<typeof run>>>]>([
    ["words, quoted in every way", "say a 'b c' 'd'\\''e' f\\ g", { out: "a|b c|d'e|f g\n", code: 0 }],
    ["the first failure ends `&&`", "say a && fail 3 && say b", { out: "a\n", code: 3 }],
    ["`||` goes on after one", "fail || say b", { out: "b\n", code: 0 }],
    ["lines and semicolons", "say a; say b\nfail 2", { out: "a\nb\n", code: 2 }],
    ["a pipe", "say hello | { read; }", { out: "<hello\n>" }],
    ["input is read in parts", "head -c 3 | { read; }; head -c 2 | ( read )", { out: "<abc><de>" }],
    ["no input", "{ read; } </dev/null", { out: "<>" }],
    ["output thrown away", "{ say a; warn b; } >/dev/null 2>&1", { out: "", err: "" }],
    ["errors joined to the output", "warn b 2>&1", { out: "b\n", err: "" }],
    ["variables and conditions", "failed=0\nfail 4; code=$?; [ $code = 0 ] || failed=$code\nif [ $failed = 4 ]; then say four; else say other; fi", { out: "four\n", code: 0 }],
    ["a subshell may exit", "( exit 7; say a ); say $?", { out: "7\n" }],
    ["definitions are passed over", "began() { printf '}\n'; }\nsay a", { out: "a\n" }],
  ])("%s", async (_, text, wanted) => expect(await run(text, "abcde")).toMatchObject(wanted));

  it.each(["say $(date)", "say `date`", "for a in b; do say a; done", "say \"a\"", "case a in b) ;; esac", "missing"])("what it does not know is an error: %s", (text) => expect(run(text)).rejects.toThrow());

  it.each<[string, Command]>([
    ["all", all(["say", "a"], ["say", "b"])], ["any", any(["fail"], ["say", "b"])], ["pipe", pipe(["say", "a"], ["read"])],
    ["quiet", quiet(["say", "a"])], ["nested", all(any(quiet(["fail"]), pipe(["say", "'x'"], ["read"])), ["say", "$HOME"])],
  ])("commands come out as they were meant: %s", async (_, command) => expect(await run(render(command))).toMatchObject({ code: 0 }));
});

const spec = {
  name: "acme", services: ["proxy", "postgres"], routes: ["acme.example.com"], tenants: { "acme.example.com": "acme" }, files: { "/etc/a": "f".repeat(64) },
  tenantsSum: "abc", release: { version: "v1", digest: "sha256:1", since: "2026-01-01T00:00:00.000Z", settings: "s" },
};
const LOCK = takeLock({ operation: "one", by: "ada", machine: "m", reason: "r", since: "s" });

async function ask(host: Host, command: Command, input = ""): Promise<string> {
  let printed = "";
  expect(await host.run(render(command), { input: Input.of(input), out: (text) => { printed += text; }, err: () => {} })).toBe(0);
  return printed;
}

describe("a host", () => {
  it("shows what runs on it", async () => {
    const seen = parseObservation(await ask(new Host(spec), observe({ services: spec.services, dataPath: "/mnt/data", files: ["/etc/a", "/etc/b"] })), spec.services);
    expect(seen).toMatchObject({ booted: true, bootErrors: [], dockerFault: null, proxyFault: null, tenants: "abc", route: { container: "app-v1-000000", hosts: ["acme.example.com"] } });
    expect(seen.apps).toMatchObject([{ release: "v1", digest: "sha256:1", status: "running" }]);
    expect(seen.services.every(({ status }) => status === "running")).toBe(true);
    expect([...seen.files]).toEqual([["/etc/a", "f".repeat(64)]]);
    expect(seen.dumps[0]!.at).toBeLessThan(seen.clock);
  });

  it("runs stages, each with its own input, and answers for its customers", async () => {
    const input = probeInput([{ hostname: "acme.example.com", tenant: "acme", suspended: false, certified: true }], "/version", 3);
    const parts = [{ name: "lock", command: LOCK }, { name: "gate-outside", command: probe(2), input }, { name: "unlock", command: script("unlock", "") }];
    const reader = new StageReader();
    reader.feed(await ask(new Host(spec), stages(null, parts), stagesInput(parts)), "stdout");
    expect([...reader.results.keys()]).toEqual(["lock", "gate-outside", "unlock"]);
    expect(parseProbe(reader.results.get("gate-outside")!.stdout)).toMatchObject([[{ status: 200, release: "v1", tenant: "acme" }], [{ status: 200 }]]);
  });
});
