/** Plays a drill on a site: prints what is typed and what comes back, while customers keep sending requests. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Command, Drill, Stage } from "./drill.ts";
import { askCustomers } from "./site/customers.ts";
import { inspect } from "./site/inspect.ts";
import { openEnds, withJournal } from "./site/journal.ts";
import { machinesOf } from "./site/machines.ts";
import type { Site } from "./site/site.ts";
import { targetsOf } from "./traffic/road.ts";
import { during } from "./traffic/traffic.ts";
import { type Ending, verdict } from "./verdict.ts";

/** Longer than anybody waits for a step. */
const PATIENCE_SECONDS = 120;

/** `print` gets one line; `enter`, when given, is waited for before each command. Resolves with whether all ended well. */
export async function playDrill(site: Site, drill: Drill, print: (line: string) => void, enter?: () => Promise<void>): Promise<boolean> {
  const surprises: string[] = [];
  const running = new Set<Promise<number>>();
  const known = new Set(await withJournal(site, async (journal) => (await journal.operations(50)).map(({ id }) => id)));

  function begin(command: string, { ends = 0, as }: { ends?: number; as?: string } = {}): Command {
    const environment = as ? { ETAGE_OPERATOR: as } : {};
    print(`\n${as ? `${as} ` : ""}$ ${command}`);
    const child = spawn("bash", ["-c", command], { cwd: site.directory, env: { ...process.env, ...site.environment, ...environment }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", (line) => print(`${as ? `${as} ` : ""}  ${line}`));
    const ended = new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        if (code !== ends) surprises.push(`\`${command}\` ended with ${code ?? "a signal"} instead of ${ends}`);
        resolve(code ?? 128);
      });
    });
    running.add(ended);
    void ended.finally(() => running.delete(ended)).catch(() => {});
    return { ended, interrupt: () => { print("^C"); process.kill(-child.pid!, "SIGINT"); } };
  }

  const stage: Stage = {
    say: (text) => print(`\n# ${text}`),
    begin,
    async type(command, options) {
      await enter?.();
      await begin(command, options).ended;
    },
    async until(host, step) {
      for (let waited = 0; waited < PATIENCE_SECONDS * 20; waited += 1) {
        const steps = await withJournal(site, async (journal) => {
          const fresh = (await journal.operations(5)).filter(({ id, outcome }) => !known.has(id) && outcome === null);
          return (await Promise.all(fresh.map(({ id }) => journal.steps(id)))).flat().filter((one) => one.host === host);
        });
        // Steps are noted before the host is told of them: it has come to one when all before it are over.
        const at = steps.findIndex((one) => one.step === step);
        if (at >= 0 && steps.slice(0, at).every(({ outcome }) => outcome !== null)) return;
        await stage.wait(0.05);
      }
      throw new Error(`${host} did not come to ${step} within ${PATIENCE_SECONDS} s`);
    },
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    async release(fault) {
      const { releases } = JSON.parse(await site.must(["bin/deploy", "releases", "--json"])) as { releases: { version: string }[] };
      const version = `v${Math.max(0, ...releases.flatMap(({ version }) => /^v(\d+)$/.exec(version)?.[1] ?? []).map(Number)) + 1}`;
      if (fault) await site.must(["drills/release/context", fault, `.etage/${version}`]);
      await stage.type(`bin/deploy release build ${version}${fault ? ` --context .etage/${version}` : ""}`);
      return version;
    },
    change(file, from, to) {
      print(`\n${file}: ${to}`);
      site.edit(file, (text) => text.replace(from, to));
    },
  };

  const machines = await machinesOf(site);
  const traffic = await during({ targets: targetsOf(site.directory), environment: site.environment, rate: 3 }, async () => {
    await drill.play(stage);
    await Promise.all(running);
  });
  const ending: Ending = {
    hosts: await Promise.all(machines.hosts.map((host) => inspect(machines, host))), customers: await askCustomers(site), openEnds: await openEnds(site), traffic, surprises,
  };
  const { ok, lines } = verdict(drill, ending);
  print(`\n${ok ? "All is well again." : "Not all is well."}`);
  for (const line of lines) print(`  ${line}`);
  return ok;
}
