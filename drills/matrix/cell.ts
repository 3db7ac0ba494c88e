/** One cell: a rollout that is struck at one step, mended, run again, and looked at from all sides. */
import { type StepName, STEPS } from "../../deploy/report/event.ts";
import { askCustomers, type PublicAnswer } from "../site/customers.ts";
import { ageLock, inspect, type Inside } from "../site/inspect.ts";
import { ageOperations, openEnds } from "../site/journal.ts";
import { startDeploy } from "../site/running.ts";
import { targetsOf } from "../traffic/road.ts";
import { during } from "../traffic/traffic.ts";
import type { Arena } from "./arena.ts";
import { faultsOf, type Seen } from "./judge.ts";
import type { MatrixOptions } from "./matrix.ts";
import { recovered } from "./restore.ts";
import type { Row, Scene } from "./rows.ts";
import { whileStill, within } from "./strike.ts";
import type { TableCell } from "./table.ts";

export interface Cell extends TableCell {
  step: StepName;
  /** Last step that the struck run told of on the victim. */
  reached: StepName | null;
  seen: Seen;
}

/** Longer than any sound run takes: a pull whose registry goes without a word in the middle is given up by Docker after some three minutes. */
const MOST_SECONDS = 300;
/** More than a lock lives without a sign of life. */
const LONG_DEAD = 90;

export async function playCell(arena: Arena, row: Row, step: StepName, options: MatrixOptions): Promise<Cell> {
  const began = performance.now();
  const { site, machines, hosts, versions } = arena;
  // The canary is the shared host's alone.
  const victim = step === "canary" ? hosts.at(-1)! : hosts[row.victim === "first" ? 0 : 1]!;
  const from = await currentOf(arena);
  const other = versions.sound.find((version) => version !== from)!;
  const kind = step === "undo" && row.rolled === "sound" ? "told" : row.rolled;
  const rolled = kind === "sound" ? other : versions[kind];
  if (!rolled) throw new Error(`no release ${kind} was built for ${row.name} at ${step}`);
  if (row.pulls || step === "pull") await Promise.all(hosts.map((host) => forgetImage(arena, host, rolled)));

  let struck: StepName | null = null;
  let reached: StepName | null = null;
  let striking: Promise<void> = Promise.resolve();
  let codes: Seen["codes"] = [null, -1];
  let complaint = "";
  let between: Inside[] = [];
  let customersBetween: PublicAnswer[] = [];
  const traffic = await during({ targets: targetsOf(site.directory), environment: site.environment, rate: options.rate }, async () => {
    const running = startDeploy(site, ["update-all", rolled, "--yes"], (event) => {
      if (event.type !== "step-started" || event.host !== victim) return;
      reached = event.step;
      // For a step that only a failure brings, the release has to fail first.
      if (step === "undo" && event.step === "gate-inside" && row.hits !== "release") machines.tell(victim, "unready");
      if (event.step !== step || struck) return;
      struck = step;
      striking = row.hits === "tool" ? row.strike(scene) : whileStill(running, () => row.strike(scene));
    });
    const scene: Scene = { running, machines, victim };
    const ended = await within(running.ended, MOST_SECONDS);
    if (!ended) {
      running.signal("SIGKILL");
      await running.ended;
    }
    await striking;
    await row.heal(scene);
    machines.tell(victim, null);
    await recovered(arena, victim);
    codes[0] = ended?.code ?? null;
    between = await Promise.all(hosts.map((host) => inspect(machines, host)));
    customersBetween = await askCustomers(site);
    if (!options.patient) {
      await Promise.all(hosts.map((host) => ageLock(machines, host, LONG_DEAD)));
      await ageOperations(site, LONG_DEAD);
    }
    const next = await startDeploy(site, again(rolled, other, step)).ended;
    codes = [codes[0], next.code];
    complaint = `${next.stdout.trim().split("\n").at(-1) ?? ""} ${next.stderr.trim()}`.slice(0, 2000);
  });
  const seen: Seen = {
    from, rolled, wanted: other, victim, struck, codes, complaint, between, customersBetween, traffic, hostOf: arena.hostOf,
    after: await Promise.all(hosts.map((host) => inspect(machines, host))), customersAfter: await askCustomers(site), openEnds: await openEnds(site, 4),
  };
  const wrong = faultsOf(row, step, seen);
  return { row: row.name, step, ok: wrong.length === 0, wrong, seconds: (performance.now() - began) / 1000, reached, seen };
}

/** In every second column the run is resumed, in the others begun anew: both have to do. A bad release is not gone on with. */
const again = (rolled: string, wanted: string, step: StepName): string[] =>
  rolled === wanted && STEPS.indexOf(step) % 2 === 0 ? ["resume", "--yes"] : ["update-all", wanted, "--yes"];

async function currentOf({ machines, hosts }: Arena): Promise<string> {
  const releases = [...new Set((await Promise.all(hosts.map((host) => inspect(machines, host)))).map(({ release }) => release))];
  if (releases.length !== 1 || !releases[0]) throw new Error(`the hosts are not on one release: ${releases.join(", ")}`);
  return releases[0];
}

/** So that a release has to be pulled once more. */
const forgetImage = ({ machines }: Arena, host: string, version: string): Promise<string> =>
  machines.inside(host, `docker image ls --format '{{.Repository}}:{{.Tag}} {{.ID}}' | awk '$1 ~ /:${version}$/ { print $2 }' | xargs -r docker image rm --force >/dev/null`);

