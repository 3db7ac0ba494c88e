/**
 * One host and four in turn, near and at a distance: the tool against the bare floor (what nobody can do without), and
 * against how the same is usually done. Interleaved rounds on the same hosts; every run brings a release that no host has,
 * and is checked to have brought it. The app starts at once, so what is left is the updating.
 */
import { loadavg } from "node:os";
import type { Options, Outcome, Row } from "./main.ts";
import { installAnsible } from "./update/ansible.ts";
import { ansible, type Contender, floor, loop, tool } from "./update/contenders.ts";
import { Samples } from "./update/samples.ts";
import { openStage, type Place, type Stage, type Target } from "./update/stage.ts";

const ROUNDS = 5;
const DELAY = 50;
/** As the floor, which does not watch the new container either. */
const ours = tool("deploy", 0);
const careful = tool("deploy, watching the new release for 2 s (default)", 2);

export async function run(progress: (line: string) => void, { rounds = ROUNDS, delay = DELAY, peers }: Options): Promise<Outcome> {
  const notes: string[] = [];
  const contenders: Contender[] = [ours, floor, careful];
  if (peers) {
    contenders.push(loop);
    const installed = installAnsible(progress);
    if (typeof installed === "string") notes.push(installed);
    else contenders.push(ansible(installed));
  }
  const stage = await openStage(progress, delay);
  try {
    await prepare(stage, progress);
    const samples = new Samples();
    const load: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const place of stage.places) {
        for (const targets of [stage.targets.slice(0, 1), stage.targets]) {
          // Everyone goes first in turn: what the one before leaves behind in caches is then nobody's gain.
          for (const contender of contenders.map((_, at) => contenders[(at + round) % contenders.length]!)) {
            const sample = await once(stage, contender, targets, place);
            progress(`round ${round + 1} of ${rounds}, ${place.name}, ${count(targets)}: ${contender.name}: ${sample.seconds.toFixed(2)} s`);
            samples.add(contender, place, targets.length, sample);
            load.push(loadavg()[0]!);
          }
        }
      }
    }
    notes.push(`Load average during the run: ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}.`);
    return { rows: rowsOf(stage, samples, contenders), notes, figure: figureOf(stage, samples, rounds) };
  } finally {
    await stage.remove();
  }
}

/** A first release everywhere, and a database with a fresh dump: from then on every update is one like the others. */
async function prepare(stage: Stage, progress: (line: string) => void): Promise<void> {
  progress("the first release on all hosts …");
  for (const target of stage.targets) await stage.run(stage.ssh(target, ["docker", "exec", "postgres", "psql", "-qU", "app", "-d", "app", "-c", "create table ballast (id int primary key)"]));
  const first = await stage.build();
  await stage.run(["bin/deploy", "update-all", first.version, "--yes"]);
  await stage.mustServe(stage.targets, first.version);
}

async function once(stage: Stage, contender: Contender, targets: readonly Target[], place: Place) {
  const release = await stage.build();
  // A far operator's machine has spoken with the hosts' network before; who has the address is not asked for again.
  for (const target of targets) await stage.run(place.from(stage.ssh(target, ["true"])));
  await stage.trips(targets);
  const { seconds, lines } = await contender.update(stage, targets, release, place);
  const trips = place === stage.places[0] ? undefined : await stage.trips(targets);
  await stage.mustServe(targets, release.version);
  if (contender.litters) await stage.tidy(targets);
  return { seconds, trips, lines };
}

const count = (targets: readonly Target[]): string => (targets.length === 1 ? "one host" : `${targets.length} hosts in turn`);

function rowsOf(stage: Stage, samples: Samples, contenders: readonly Contender[]): Row[] {
  const cells = stage.places.flatMap((place) => [stage.targets.slice(0, 1), stage.targets].map((targets) => ({ place, targets })));
  return [
    ...cells.flatMap(({ place, targets }) => contenders.map((contender) => ({
      what: `${place.name}, ${count(targets)}: ${contender.name}`, values: samples.seconds(contender, place, targets.length),
    }))),
    ...cells.filter(({ place }) => place !== stage.places[0]).flatMap(({ place, targets }) => contenders.map((contender) => ({
      what: `round trips a host, ${count(targets)}: ${contender.name}`, values: samples.trips(contender, place, targets.length), unit: "",
    }))),
    ...stage.places.flatMap((place) => samples.parts(ours, place, 1).map(([part, values]) => ({ what: `${place.name}, one host, deploy: ${part}`, values }))),
  ];
}

/** Medians of the rounds' own ratios: a busy minute then weighs on both sides. */
function figureOf(stage: Stage, samples: Samples, rounds: number): string {
  const ratios = stage.places.map((place) => {
    const [one, four] = [1, stage.targets.length].map((hosts) => samples.ratio(ours, floor, place, hosts).toFixed(2));
    return `${place.name} ${one} for one host and ${four} for ${stage.targets.length} in turn`;
  });
  return `deploy against the bare script: ${ratios.join("; ")} (medians of ${rounds} rounds)`;
}
