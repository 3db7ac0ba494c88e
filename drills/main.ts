/** npm run drill: plays one disaster on a lab, with the verbs an operator would use, and says at the end how the fleet is. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import yargs from "yargs";
import type { Drill } from "./drill.ts";
import { bringUp, build } from "./site/platform.ts";
import { copyProject, openSite, type Site } from "./site/site.ts";
import { playDrill } from "./stage.ts";
import { drills } from "./stories/index.ts";

const root = join(import.meta.dirname, "..");
const place = join(root, ".etage", "drill");

const listing = (): string => drills.map(({ name, sentence }) => `  ${name.padEnd(17)}${sentence}`).join("\n");
const { _: [name], ...options } = await yargs(process.argv.slice(2))
  .scriptName("npm run drill --")
  .usage(`$0 NAME\n\nPlays a disaster on a lab in a copy of this project (.etage/drill), with the verbs you would use. Real hosts are never touched.\n\n${listing()}`)
  .option("step", { type: "boolean", default: false, describe: "wait for Enter before each command" })
  .option("down", { type: "boolean", default: false, describe: "remove the drills' lab and copy" })
  .strictOptions()
  .parse();

if (options.down) {
  copyProject(place);
  execFileSync("bin/lab", ["down", "--purge", "--yes"], { cwd: place, stdio: "inherit" });
  execFileSync("rm", ["-rf", place]);
  process.exit(0);
}
const drill = drills.find((one) => one.name === name);
if (!drill) {
  console.log(name === undefined ? `Drills (npm run drill -- NAME):\n${listing()}` : `There is no drill ${name}; there are:\n${listing()}`);
  process.exit(name === undefined ? 0 : 2);
}

const site = await prepare();
console.log(`\nDrill ${drill.name}: ${drill.sentence}\nIn ${site.directory}; in a second terminal there: eval "$(bin/lab env)", then bin/deploy status`);
const ok = await playDrill(site, drill as Drill, (line) => console.log(line), options.step ? enter : undefined);
console.log(`\nThe lab stays up for the next drill; npm run drill -- --down removes it.`);
await sleep(10);
process.exit(ok ? 0 : 1);

/** The three hosts of the example platform with a sound release; what is there already is used. */
async function prepare(): Promise<Site> {
  copyProject(place);
  console.log(`A lab with three hosts in ${place} …`);
  const site = await openSite(place, ["epica.com.tr"]);
  const known = new Set((JSON.parse(await site.must(["pulumi", "stack", "ls", "--json"])) as { name: string }[]).map((stack) => stack.name));
  await bringUp(site, ["shared", "helmex", "orion"].filter((stack) => !known.has(stack)));
  const { releases } = JSON.parse(await site.must(["bin/deploy", "releases", "--json"])) as { releases: { version: string }[] };
  if (releases.length === 0) await build(site, "v1");
  const status = JSON.parse((await site.run(["bin/deploy", "status", "--json"])).stdout) as { hosts: { release: { version: string } | null }[] };
  if (status.hosts.some(({ release }) => !release)) await site.must(["bin/deploy", "update-all", "v1", "--yes"]);
  return site;
}

async function enter(): Promise<void> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  await prompt.question("\n[Enter] ");
  prompt.close();
}
