/**
 * `update-all` over three hosts, per step, against the same docker and proxy commands as one script in one ssh call a
 * host. In turn, tool and script, each with a release that the hosts have not seen; the figure is the ratio.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sshCommand } from "../deploy/commands/ssh.ts";
import { all } from "../deploy/host/command.ts";
import { pull, removeApps, runOnce, startApp, stopApp } from "../deploy/host/docker.ts";
import { gateInside } from "../deploy/host/gate.ts";
import { deployRoute } from "../deploy/host/proxy.ts";
import { render } from "../deploy/remote/shell.ts";
import { appSpec, routeTo, wantedOf } from "../deploy/rollout/wanted.ts";
import { outputs as shape, type Outputs } from "../model/outputs.ts";
import { readModel } from "../model/read.ts";
import { type Clone, cloneWithLab } from "../test/support/clone.ts";
import { bringUp, build, seconds, stacks } from "../test/support/platform.ts";
import type { Outcome, Row } from "./main.ts";

const ROUNDS = 3;

export async function run(progress: (line: string) => void): Promise<Outcome> {
  progress("bringing up a lab and three hosts …");
  const clone = await cloneWithLab("epica.com.tr");
  try {
    await bringUp(clone);
    const versions = Array.from({ length: 2 * ROUNDS + 1 }, (_, index) => `v${index + 1}`);
    await build(clone, ...versions);
    await clone.must(["bin/deploy", "update-all", "v1", "--yes"]);
    const outputs = new Map<string, Outputs>();
    for (const stack of stacks) outputs.set(stack, shape.parse(JSON.parse(await clone.must(["pulumi", "stack", "output", "--json", "-s", stack]))));
    const releases = JSON.parse(await clone.must(["bin/deploy", "releases", "--json"])).releases as { version: string; digest: string; image: string }[];

    const tool: number[] = [];
    const script: number[] = [];
    const steps = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const [mine, theirs] = [versions[2 * round + 1]!, versions[2 * round + 2]!];
      progress(`round ${round + 1} of ${ROUNDS}: tool ${mine}, script ${theirs}`);
      let printed = "";
      tool.push(await seconds(async () => { printed = await clone.must(["bin/deploy", "update-all", mine, "--yes", "--json"]); }));
      for (const line of printed.split("\n").filter((text) => text.startsWith("{"))) {
        const event = JSON.parse(line);
        if (event.type === "step-ended") steps.set(event.step, [...steps.get(event.step) ?? [], event.seconds]);
      }
      const { image: repository, ...rest } = releases.find(({ version }) => version === theirs)!;
      const release = { ...rest, repository };
      const scripts: [Outputs, string][] = [];
      for (const stack of stacks) scripts.push([outputs.get(stack)!, await bare(clone, stack, outputs.get(stack)!, release)]);
      script.push(await seconds(async () => {
        for (const [host, text] of scripts) await overSsh(clone, host, text);
      }));
    }
    const ratio = tool.map((value, index) => value / script[index]!).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
    const rows: Row[] = [
      { what: "update-all, 3 hosts", values: tool },
      { what: "one ssh call a host, same commands", values: script },
      ...[...steps].map(([step, values]) => ({ what: `  step ${step}, a host`, values })),
    ];
    return { rows, figure: `update-all takes ${ratio.toFixed(2)} times the bare script (median of ${ROUNDS} pairs, 3 hosts in turn)` };
  } finally {
    await clone.remove();
  }
}

/** The commands that an update needs whoever sends them: pull, migrate, start, ask until ready, switch, stop the old one. */
async function bare(clone: Clone, stack: string, outputs: Outputs, release: { version: string; digest: string; repository: string }): Promise<string> {
  const { fleet: { platform, ...fleet } } = readModel(clone.directory);
  const host = fleet.hosts.find(({ name }) => name === stack)!;
  const wanted = wantedOf(platform, host, outputs, release);
  const name = `app-${release.version}-bare`;
  const spec = appSpec(platform, outputs, wanted, name, new Date());
  const old = (await overSsh(clone, outputs, "docker ps --filter label=etage.role=app --format '{{.Names}}'")).trim();
  const { gate, drainSeconds } = platform.rollout;
  return render(all(
    pull(spec.image, `${release.repository}:${release.version}`),
    runOnce(spec, "migrate"),
    startApp(spec),
    gateInside({ ...gate, container: name, network: outputs.network, port: platform.app.port, readyPath: platform.app.health.ready, versionPath: platform.app.health.version, version: release.version }),
    deployRoute(routeTo(platform, wanted, name)),
    stopApp(old, drainSeconds),
    removeApps([old]),
  ));
}

function overSsh(clone: Clone, outputs: Outputs, script: string): Promise<string> {
  const known = join(clone.directory, ".etage", "bench-known-hosts");
  writeFileSync(known, `${outputs.address} ${outputs.hostKey}\n`);
  const [program, ...args] = sshCommand(outputs, known, clone.environment.ETAGE_SSH_KEY, ["bash", "-s"]);
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { stdio: ["pipe", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (chunk) => { printed += chunk; });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(`the script ended with ${code}: ${printed}`))));
    child.stdin.end(script);
  });
}
