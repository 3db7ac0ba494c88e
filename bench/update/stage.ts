/** Where updates are measured: a lab with four hosts, releases that no host has seen yet, and the operator near or far. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../../deploy/remote/shell.ts";
import { outputs as shape, type Outputs } from "../../model/outputs.ts";
import type { Fleet, Host } from "../../model/fleet.ts";
import { readModel } from "../../model/read.ts";
import { type Clone, cloneWithLab } from "../../test/support/clone.ts";
import { bringUp } from "../../test/support/platform.ts";
import { compile } from "../compile.ts";
import { type DelayLine, openDelayLine, type Traffic } from "../delay.ts";
import { type Ran, run } from "../processes.ts";

/** In the order in which `update-all` visits them. */
const HOSTS = ["helmex", "orion", "vega", "shared"];

/** A host as whoever updates it knows it. */
export interface Target { host: Host; outputs: Outputs; hostname: string }
export interface Built { version: string; digest: string; repository: string }

/** How the operator's programs reach the hosts. */
export interface Place { name: string; from(command: readonly string[]): string[] }

export interface Stage {
  clone: Clone;
  fleet: Fleet;
  targets: Target[];
  places: Place[];
  build(): Promise<Built>;
  run(command: readonly string[], input?: string): Promise<Ran>;
  /** Key and known hosts, for every ssh. */
  sshOptions: string[];
  /** What runs `words` on the target in one ssh connection of its own. */
  ssh(target: Target, words: readonly string[]): string[];
  /** Seconds that the tool watches a new container before the old one leaves. */
  steady(seconds: number): void;
  /** Throws unless every target answers its customers with that release. */
  mustServe(targets: readonly Target[], version: string): Promise<void>;
  /** Leaves no stopped container and no unused image behind, so that nobody has to tidy up after somebody else. */
  tidy(targets: readonly Target[]): Promise<void>;
  /** Round trips to each of the targets' ssh ports since the last call; undefined when nobody is far. */
  trips(targets: readonly Target[]): Promise<number[] | undefined>;
  remove(): Promise<void>;
}

/** `delay`: milliseconds of round trip of the far place; 0: none. */
export async function openStage(progress: (line: string) => void, delay: number): Promise<Stage> {
  progress("bringing up a lab and four hosts …");
  const clone = await cloneWithLab("epica.com.tr");
  let line: DelayLine | undefined;
  try {
    clone.edit("customers.yaml", (text) => text.replace(/^customers:\n/m, `customers:\n  - { slug: vega, name: Vega, tier: dedicated, phase: live }\n`));
    await bringUp(clone, ["shared", ...HOSTS.filter((name) => name !== "shared")]);
    if (delay > 0) line = await openDelayLine(Number(clone.environment.ETAGE_REGISTRY!.split(".")[2]), delay);
    return await furnish(clone, line, delay);
  } catch (error) {
    await line?.close();
    await clone.remove();
    throw error;
  }
}

async function furnish(clone: Clone, line: DelayLine | undefined, delay: number): Promise<Stage> {
  const { directory, environment } = clone;
  const { fleet } = readModel(directory);
  const targets: Target[] = [];
  for (const name of HOSTS) {
    const outputs = shape.parse(JSON.parse(await clone.must(["pulumi", "stack", "output", "--json", "-s", name])));
    const host = fleet.host(name)!;
    targets.push({ host, outputs, hostname: host.customers.find(({ status }) => status === "active")!.hostnames[0]! });
  }
  const known = join(directory, ".etage", "bench-known-hosts");
  mkdirSync(join(directory, ".etage"), { recursive: true });
  writeFileSync(known, targets.map(({ outputs }) => `${outputs.address} ${outputs.hostKey}\n`).join(""));
  const sshOptions = ["-i", environment.ETAGE_SSH_KEY!, "-o", `UserKnownHostsFile=${known}`, "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR"];
  const context = join(directory, ".etage", "quick-app");
  mkdirSync(context, { recursive: true });
  compile("quick-app", context);
  copyFileSync(join(directory, "bench/quick-app/Dockerfile"), join(context, "Dockerfile"));

  const stage: Stage = {
    clone, fleet, targets,
    places: [
      { name: "near", from: (command) => [...command] },
      // DNS of the lab is on the loopback device, which is another one there; no update asks it.
      ...(line ? [{ name: `${delay} ms`, from: line.far }] : []),
    ],
    run: (command, input = "") => run(command, { directory, environment, input }),
    sshOptions,
    ssh: ({ outputs }, words) => ["ssh", "-T", "-o", "ControlPath=none", ...sshOptions, `${outputs.user}@${outputs.address}`, words.map(quote).join(" ")],
    build: releases(clone, context),
    steady: (seconds) => clone.edit("hosting.yaml", (text) => text.replace(/gate: \{.*\}/, `gate: { attempts: 20, intervalSeconds: 0.5, timeoutSeconds: 3, successes: 2, steadySeconds: ${seconds} }`)),
    async mustServe(chosen, version) {
      for (const target of chosen) {
        const { stdout } = await stage.run(stage.ssh(target, ["curl", "-sk", "--max-time", "5", "--connect-to", "::127.0.0.1:443", `https://${target.hostname}${fleet.platform.app.health.version}`]));
        if (!stdout.includes(`"release":"${version}"`)) throw new Error(`${target.host.name} should serve ${version}, but answers ${JSON.stringify(stdout)}`);
      }
    },
    async tidy(chosen) {
      for (const target of chosen) await stage.run(stage.ssh(target, ["sh", "-c", "docker container prune --force && docker image prune --all --force"]));
    },
    async trips(chosen) {
      const traffic: Record<string, Traffic> | undefined = await line?.traffic();
      return traffic && chosen.map(({ outputs }) => traffic[`${outputs.address}:22`]?.roundTrips ?? 0);
    },
    async remove() {
      await line?.close();
      await clone.remove();
    },
  };
  return stage;
}

/** Every call builds and pushes one more release; all of it is one layer of about 2.5 MB that no other release shares. */
function releases(clone: Clone, context: string): () => Promise<Built> {
  let count = 0;
  return async () => {
    const version = `v${count += 1}`;
    writeFileSync(join(context, "release"), version);
    const printed = await clone.must(["bin/deploy", "release", "build", version, "--context", context, "--json"]);
    const { digest, image } = JSON.parse(printed) as { digest: string; image: string };
    return { version, digest, repository: image };
  };
}
