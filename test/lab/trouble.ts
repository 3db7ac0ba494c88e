/** What goes wrong at night, tried on a platform that runs v2 (see platform.test.ts): each ends in a sentence, and the next run brings the fleet right. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Clone, Result } from "../support/clone.ts";
import { commandsOf } from "../support/runbook.ts";

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Starts `deploy …` and returns it once its output holds `sign`. */
export async function deployUntil(clone: Clone, args: string[], sign: RegExp): Promise<{ kill(): void; interrupt(): void; ended: Promise<Result> }> {
  const child = spawn("bin/deploy", args, { cwd: clone.directory, env: { ...process.env, ...clone.environment }, detached: true });
  let stdout = "";
  let stderr = "";
  let seen: () => void;
  const started = new Promise<void>((resolve) => { seen = resolve; });
  const look = () => { if (sign.test(stdout + stderr)) seen(); };
  child.stdout.on("data", (chunk) => { stdout += chunk; look(); });
  child.stderr.on("data", (chunk) => { stderr += chunk; look(); });
  const ended = new Promise<Result>((resolve) => child.on("close", (code) => resolve({ code: code ?? 137, stdout, stderr })));
  await Promise.race([started, ended.then(({ code }) => { throw new Error(`deploy ended with ${code} before ${sign}:\n${stdout}\n${stderr}`); })]);
  return { kill: () => process.kill(-child.pid!, "SIGKILL"), interrupt: () => process.kill(-child.pid!, "SIGINT"), ended };
}

export function trouble(get: () => Clone, versions: () => Promise<Record<string, string>>, healthy: () => Promise<boolean>) {
  const everywhere = (version: string) => ({ shared: version, helmex: version, orion: version });
  const updateAll = async (version: string) => {
    await get().must(["bin/deploy", "update-all", version, "--yes"]);
    expect(await versions()).toEqual(everywhere(version));
    expect(await healthy()).toBe(true);
  };

  it("refuses a second operator at the same host, and says who holds it", async () => {
    await get().must(["bin/deploy", "release", "build", "v4"]);
    // Long enough at its host for the second one to come.
    get().edit("hosting.yaml", (text) => text.replace("successes: 2 }", "successes: 2, steadySeconds: 20 }"));
    const first = await deployUntil(get(), ["update", "helmex", "v4", "--yes"], /✓ inside/);
    const second = await get().run(["bin/deploy", "update", "helmex", "v4", "--yes"]);
    expect(second.code).toBe(3);
    expect(second.stdout + second.stderr).toMatch(/helmex.*locked|locked.*helmex|lock/is);
    expect((await first.ended).code).toBe(0);
    get().edit("hosting.yaml", (text) => text.replace(", steadySeconds: 20", ""));
  }, 120_000);

  it("goes on after kill -9 in the middle of a host", async () => {
    const run = await deployUntil(get(), ["update-all", "v4", "--yes"], /✓ start/);
    run.kill();
    await run.ended;
    await updateAll("v4");
  }, 300_000);

  it("goes on after Ctrl-C, which leaves no lock", async () => {
    await get().must(["bin/deploy", "release", "build", "v5"]);
    const run = await deployUntil(get(), ["update-all", "v5", "--yes"], /✓ backup/);
    run.interrupt();
    expect((await run.ended).code).toBe(1);
    await updateAll("v5");
  }, 300_000);

  it("ends with a sentence when a machine freezes in the middle, and goes on when it is back", async () => {
    await get().must(["bin/deploy", "release", "build", "v6"]);
    const run = await deployUntil(get(), ["update-all", "v6", "--yes"], /✓ backup/);
    await get().must(["bin/lab", "fault", "machine", "epica-helmex", "freeze"]);
    const { code, stdout, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/helmex/);
    expect(stdout + stderr).toMatch(/did not answer|does not answer|no answer|connection/i);
    await get().must(["bin/lab", "fault", "machine", "epica-helmex", "thaw"]);
    await updateAll("v6");
  }, 300_000);

  it("rolls on while the clouds' APIs are away, and the lab comes back as it was", async () => {
    await get().must(["bin/deploy", "release", "build", "v7"]);
    const run = await deployUntil(get(), ["update-all", "v7", "--yes"], /✓ backup/);
    const { pid } = JSON.parse(await get().must(["cat", ".lab/lab.json"]));
    process.kill(pid, "SIGKILL");
    await run.ended;
    await get().must(["bin/lab", "up", "--zone", "epica.com.tr"]);
    await updateAll("v7");
  }, 300_000);

  it("brings a machine back that died, with its data", async () => {
    await get().must(["bin/lab", "fault", "machine", "epica-orion", "kill"]);
    const dead = await get().run(["bin/deploy", "status", "--json"]);
    expect(JSON.parse(dead.stdout).hosts.find((host: { name: string }) => host.name === "orion").health.ok).toBe(false);
    const halted = await get().run(["bin/deploy", "update", "orion", "v7", "--yes"]);
    expect(halted.code).toBe(1);
    const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = get().environment;
    const headers = { authorization: `Bearer ${HCLOUD_TOKEN}` };
    const { servers } = await (await fetch(`${HCLOUD_ENDPOINT}/servers?name=epica-orion`, { headers })).json() as { servers: { id: number }[] };
    await fetch(`${HCLOUD_ENDPOINT}/servers/${servers[0]!.id}/actions/poweron`, { method: "POST", headers });
    for (let patience = 0; patience < 60 && !(await healthy()); patience += 1) await wait(1);
    await updateAll("v7");
  }, 300_000);

  it("says what is wrong with each bad input, and changes nothing", async () => {
    const before = await versions();
    const cases: [string[], Record<string, string>, number, RegExp][] = [
      [["bin/deploy", "update-all", "v99", "--yes"], {}, 1, /v99/],
      [["bin/deploy", "update", "helmx", "v7"], {}, 2, /helmex/],
      [["bin/deploy", "update-al", "v7"], {}, 2, /update-all/],
      [["bin/deploy", "update-all", "v7", "--yes"], { PULUMI_CONFIG_PASSPHRASE: "wrong" }, 2, /passphrase/i],
      [["pulumi", "up", "-s", "helmex", "--yes", "--refresh", "--non-interactive"], { HCLOUD_TOKEN: "x".repeat(64) }, 1, /token/i],
      [["pulumi", "up", "-s", "helmex", "--yes", "--refresh", "--non-interactive"], { HCLOUD_ENDPOINT: "http://127.0.0.1:9/v1" }, 1, /refused/i],
    ];
    for (const [command, environment, code, says] of cases) {
      const result = await get().run(command, { environment });
      expect({ command, code: result.code, says: result.stdout + result.stderr }).toEqual({ command, code, says: expect.stringMatching(says) });
    }
    const broken = await get().run(["bash", "-c", "sed -i 's/tier: dedicated/tier: dedicatd/' customers.yaml; bin/deploy check; code=$?; sed -i 's/tier: dedicatd/tier: dedicated/' customers.yaml; exit $code"]);
    expect(broken.code).toBe(2);
    expect(broken.stdout + broken.stderr).toMatch(/customers\.yaml:\d+.*dedicatd.*did you mean `?dedicated/is);
    expect(await versions()).toEqual(before);
  }, 300_000);

  it("does not talk to a machine whose host key is another", async () => {
    await get().must(["bin/deploy", "ssh", "orion", "--", "sudo sh -c 'cp -a /etc/ssh /etc/ssh.kept && rm /etc/ssh/ssh_host_ed25519_key* && ssh-keygen -q -t ed25519 -N \"\" -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh'"]);
    const { code, stdout, stderr } = await get().run(["bin/deploy", "update", "orion", "v7", "--yes"]);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/host key/i);
  });

  it("refuses to delete a protected server, and deletes it by the runbook, even when its machine is dead", async () => {
    const refused = await get().run(["pulumi", "destroy", "-s", "orion", "--yes", "--non-interactive"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/protect/);
    expect(await get().run(["pulumi", "up", "-s", "orion", "--yes", "--skip-preview", "--non-interactive", "--expect-no-changes"])).toMatchObject({ code: 0 });
    await get().must(["bin/lab", "fault", "machine", "epica-orion", "kill"]);
    for (const command of commandsOf(join(import.meta.dirname, "../../runbooks/retire-a-host.md"))) await get().must(["bash", "-euc", command]);
    const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = get().environment;
    const answer = await fetch(`${HCLOUD_ENDPOINT}/servers?name=epica-orion`, { headers: { authorization: `Bearer ${HCLOUD_TOKEN}` } });
    expect(await answer.json()).toMatchObject({ servers: [] });
  }, 300_000);
}
