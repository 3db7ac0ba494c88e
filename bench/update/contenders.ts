/** The ways of bringing a release to hosts that are measured against each other, each as an operator would type it. */
import { render } from "../../deploy/remote/shell.ts";
import type { Ran } from "../processes.ts";
import type { Ansible } from "./ansible.ts";
import { commandsFor, RUNNING } from "./commands.ts";
import type { Built, Place, Stage, Target } from "./stage.ts";

export interface Contender {
  name: string;
  /** Brings the release to the targets, in turn. Resolves with the seconds that it took, and what was printed. */
  update(stage: Stage, targets: readonly Target[], release: Built, place: Place): Promise<Pick<Ran, "seconds" | "lines">>;
  /** Whether it leaves old containers and images behind. */
  litters: boolean;
}

/** `steady`: seconds that the new container is watched while the old one still runs. */
export const tool = (name: string, steady: number): Contender => ({
  name,
  litters: false,
  async update(stage, targets, { version }, place) {
    stage.steady(steady);
    const words = targets.length === 1 ? ["update", targets[0]!.host.name, version] : ["update-all", version];
    return await stage.run(place.from(["bin/deploy", ...words, "--yes", "--json"]));
  },
});

/** One ssh connection a host, one script in it: pull, start, switch once healthy, stop the old one. No lock, gate, journal, way back. */
export const floor: Contender = {
  name: "bare script",
  litters: true,
  async update(stage, targets, release, place) {
    const runs: [Target, string][] = targets.map((target) => {
      const { image, start, route } = commandsFor(stage.fleet, target, release);
      return [target, ["set -e", `old=$(${RUNNING})`, `docker pull --quiet ${image} >/dev/null`, render(start), render(route), `[ -z "$old" ] || docker stop $old >/dev/null`].join("\n")];
    });
    return await timed(async () => {
      for (const [target, script] of runs) await stage.run(place.from(stage.ssh(target, ["bash", "-s"])), script);
    });
  },
};

/** As deployment guides have it: stop, start, wait five seconds, ask for the health page. Customers see it happen. */
export const loop: Contender = {
  name: "plain ssh loop",
  litters: true,
  async update(stage, targets, release, place) {
    const { ready } = stage.fleet.platform.app.health;
    const runs: [Target, string][] = targets.map((target) => {
      const { image, start, route } = commandsFor(stage.fleet, target, release);
      return [target, ["set -e", `docker pull --quiet ${image} >/dev/null`, `old=$(${RUNNING})`, `[ -z "$old" ] || docker stop $old >/dev/null`, render(start), render(route)].join("\n")];
    });
    return await timed(async () => {
      for (const [target, script] of runs) {
        await stage.run(place.from(stage.ssh(target, ["bash", "-s"])), script);
        await new Promise((resolve) => setTimeout(resolve, 5000));
        await stage.run(place.from(stage.ssh(target, ["curl", "-fsk", "-o", "/dev/null", "--connect-to", "::127.0.0.1:443", `https://${target.hostname}${ready}`])));
      }
    });
  },
};

/** One playbook, host after host, halting at the first that fails: peers/playbook.yml. */
export const ansible = (installed: Ansible): Contender => ({
  name: `Ansible ${installed.version}`,
  litters: true,
  async update(stage, targets, release, place) {
    const { command, environment, done } = installed.prepare(stage, targets, release, place);
    try {
      return await stage.run(["env", ...environment, ...place.from(command)]);
    } finally {
      await done();
    }
  },
});

async function timed(action: () => Promise<void>): Promise<Pick<Ran, "seconds" | "lines">> {
  const started = performance.now();
  await action();
  return { seconds: (performance.now() - started) / 1000, lines: [] };
}
