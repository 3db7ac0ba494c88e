/** Ansible, from the Python package index, in a folder of the cache that only benchmarks use. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { commandsFor, RUNNING } from "./commands.ts";
import type { Built, Place, Stage, Target } from "./stage.ts";

/** The newest series that Debian 12's Python 3.11 still runs. */
const VERSION = "2.18.19";

export interface Ansible {
  version: string;
  prepare(stage: Stage, targets: readonly Target[], release: Built, place: Place): Prepared;
}
interface Prepared {
  command: string[];
  /** `NAME=value`. */
  environment: string[];
  /** Closes the connections that it keeps for a next run: every run begins without one, as all others do. */
  done(): Promise<void>;
}

/** Installs it when it is not there. A sentence when that can't be done. */
export function installAnsible(progress: (line: string) => void): Ansible | string {
  const cache = process.env.ETAGE_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "etage");
  const folder = join(cache, `bench-ansible-core-${VERSION}`);
  const program = join(folder, "bin/ansible-playbook");
  if (!existsSync(program)) {
    progress(`installing ansible-core ${VERSION} into ${folder} …`);
    const steps = [["python3", "-m", "venv", folder], [join(folder, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", `ansible-core==${VERSION}`]];
    for (const [command, ...words] of steps) {
      const { status, stderr, error } = spawnSync(command!, words, { encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
      if (status === 0) continue;
      rmSync(folder, { recursive: true, force: true });
      return `Ansible is left out: ansible-core ${VERSION} could not be installed (${(error?.message ?? stderr.trim().split("\n").at(-1) ?? "").slice(0, 200)})`;
    }
  }
  return { version: VERSION, prepare: (stage, targets, release, place) => prepare(program, stage, targets, release, place) };
}

function prepare(program: string, stage: Stage, targets: readonly Target[], release: Built, place: Place): Prepared {
  const work = mkdtempSync(join(tmpdir(), "etage-ansible-"));
  const inventory = { all: { hosts: Object.fromEntries(targets.map((target) => [target.host.name, variablesOf(stage, target, release)])) } };
  writeFileSync(join(work, "inventory.json"), JSON.stringify(inventory));
  const control = join(work, "%h");
  return {
    command: [program, "--inventory", join(work, "inventory.json"), join(stage.clone.directory, "bench/peers/playbook.yml")],
    // What its own guides recommend for speed: one connection kept for all tasks, modules sent through it without a file.
    environment: [
      "ANSIBLE_PIPELINING=1", `ANSIBLE_HOME=${work}`, `ANSIBLE_LOCAL_TEMP=${join(work, "tmp")}`, "ANSIBLE_NOCOLOR=1",
      `ANSIBLE_SSH_ARGS=-o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${control}`,
    ],
    async done() {
      for (const { outputs } of targets) {
        const [command, ...words] = place.from(["ssh", "-o", `ControlPath=${control}`, "-O", "exit", outputs.address]);
        spawnSync(command!, words, { stdio: "ignore" });
      }
      rmSync(work, { recursive: true, force: true });
    },
  };
}

function variablesOf(stage: Stage, target: Target, release: Built): Record<string, unknown> {
  const { image, start, route } = commandsFor(stage.fleet, target, release);
  return {
    ansible_host: target.outputs.address, ansible_user: target.outputs.user, ansible_python_interpreter: "/usr/bin/python3",
    ansible_ssh_common_args: stage.sshOptions.join(" "), running: RUNNING, image, start, route,
  };
}
