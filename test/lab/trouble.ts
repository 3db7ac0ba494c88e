/** What goes wrong at night, tried on a platform that runs v7 (see platform.test.ts): each ends in a sentence, and the next run brings the fleet right. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { startDeploy } from "../../drills/site/running.ts";
import type { Clone } from "../support/clone.ts";
import { commandsOf } from "../support/runbook.ts";

export function trouble(get: () => Clone, versions: () => Promise<Record<string, string>>, healthy: () => Promise<boolean>) {
  const everywhere = (version: string) => ({ shared: version, helmex: version, orion: version });
  const updateAll = async (version: string) => {
    await get().must(["bin/deploy", "update-all", version, "--yes"]);
    expect(await versions()).toEqual(everywhere(version));
    expect(await healthy()).toBe(true);
  };

  it("rolls on while the clouds' APIs are away, and the lab comes back as it was", async () => {
    await get().must(["bin/deploy", "release", "build", "v8"]);
    const { pid } = JSON.parse(await get().must(["cat", ".lab/lab.json"]));
    const run = startDeploy(get(), ["update-all", "v8", "--yes"], (event) => {
      if (event.type === "step-started" && event.host === "helmex" && event.step === "pull") process.kill(pid, "SIGKILL");
    });
    await run.ended;
    await get().must(["bin/lab", "up", "--zone", "epica.com.tr"]);
    await updateAll("v8");
  }, 300_000);

  it("says what is wrong with each bad input, and changes nothing", async () => {
    const before = await versions();
    // A secret is decrypted only when the host lacks it.
    await get().must(["bin/deploy", "ssh", "helmex", "--", "sudo rm /etc/etage/secrets/redis-url"]);
    const cases: [string[], Record<string, string>, number, RegExp][] = [
      [["bin/deploy", "update-all", "v99", "--yes"], {}, 1, /v99/],
      [["bin/deploy", "update", "helmx", "v8"], {}, 2, /helmex/],
      [["bin/deploy", "update-al", "v8"], {}, 2, /update-all/],
      [["bin/deploy", "update", "helmex", "v8"], { PULUMI_CONFIG_PASSPHRASE: "wrong" }, 1, /passphrase/i],
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
    await get().must(["bin/deploy", "update", "helmex", "v8"]);
  }, 300_000);

  it("does not talk to a machine whose host key is another", async () => {
    await get().must(["bin/deploy", "ssh", "orion", "--", "sudo sh -c 'cp -a /etc/ssh /etc/ssh.kept && rm /etc/ssh/ssh_host_ed25519_key* && ssh-keygen -q -t ed25519 -N \"\" -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh'"]);
    const { code, stdout, stderr } = await get().run(["bin/deploy", "update", "orion", "v8", "--yes"]);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/host key/i);
  });

  it("refuses to delete a protected server, and deletes it by the runbook, even when its machine is dead", async () => {
    const refused = await get().run(["pulumi", "destroy", "-s", "orion", "--yes", "--non-interactive"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/protect/);
    await get().must(["pulumi", "up", "-s", "orion", "--yes", "--skip-preview", "--non-interactive", "--expect-no-changes"]);
    await get().must(["bin/lab", "fault", "machine", "epica-orion", "kill"]);
    for (const command of commandsOf(join(import.meta.dirname, "../../runbooks/retire-a-host.md"))) await get().must(["bash", "-euc", command]);
    const { HCLOUD_ENDPOINT, HCLOUD_TOKEN } = get().environment;
    const answer = await fetch(`${HCLOUD_ENDPOINT}/servers?name=epica-orion`, { headers: { authorization: `Bearer ${HCLOUD_TOKEN}` } });
    expect(await answer.json()).toMatchObject({ servers: [] });
  }, 300_000);
}
