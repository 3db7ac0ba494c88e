/** Builds what is missing of the lab's images. Also a program: `node lab/images/build.ts`. */
import { existsSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { docker, run, tryDocker } from "../machines/command.ts";
import { buildBase } from "./base.ts";
import { locked, sweepWorkFolders, workFolder } from "./cache.ts";
import { prepare } from "./prepare.ts";
import { readRecipes, type ImageName, type Recipe, type Recipes } from "./recipes.ts";
import { removeEngines, warm } from "./warm/warm.ts";

/** Makes every image and the disk machines begin with; silent and under 0.2 s when nothing is missing. */
export async function buildImages(log: (message: string) => void = () => {}): Promise<Recipes> {
  const recipes = readRecipes();
  if (await complete(recipes)) return recipes;
  return await locked("images.lock", async () => {
    await removeEngines();
    await sweepWorkFolders();
    const build = (name: ImageName) => buildOne(recipes.all[name], recipes.all.base, log);
    await build("base");
    // Two at a time: one waits for packages while the other compresses.
    await Promise.all([
      build("machine").then(() => build("registry")).then(() => build("versitygw")),
      build("postgres").then(() => build("redis")).then(() => build("node")).then(() => build("kamal-proxy")),
    ]);
    await nameAsHub(recipes);
    if (!existsSync(recipes.machineDisk) || !existsSync(recipes.registrySeed)) await timed("warm disk and registry", log, () => warm(recipes));
    return recipes;
  });
}

async function complete(recipes: Recipes): Promise<boolean> {
  if (!existsSync(recipes.machineDisk) || !existsSync(recipes.registrySeed)) return false;
  return (await tryDocker(["image", "inspect", "--format", "{{.Id}}", ...Object.values(recipes.all).map((each) => each.tag)])) !== undefined;
}

async function buildOne(recipe: Recipe, base: Recipe, log: (message: string) => void): Promise<void> {
  if ((await tryDocker(["image", "inspect", recipe.tag])) !== undefined) return;
  await timed(`image ${recipe.name}`, log, () => (recipe.name === "base" ? buildBase(recipe) : buildDerived(recipe, base)));
}

async function buildDerived(recipe: Recipe, base: Recipe): Promise<void> {
  const folder = await workFolder();
  try {
    await cp(recipe.folder, folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
    await prepare(recipe.name, folder);
    const given = ["PIP_INDEX_URL", "PIP_FIND_LINKS", "http_proxy", "https_proxy", "no_proxy"].filter((name) => process.env[name] !== undefined);
    await run(
      "docker",
      [
        "build", "--network", "host", "--tag", recipe.tag, "--label", `etage.lab.image=${recipe.name}`,
        "--build-arg", `BASE=${base.tag}`, ...given.flatMap((name) => ["--build-arg", name]), folder,
      ],
      { environment: { DOCKER_BUILDKIT: "0" } }, // the classic builder is in every engine; buildx is not
    );
    // what a first stage only fetched with stays behind without a name
    await docker(["image", "prune", "--force", "--filter", "label=etage.lab.stage"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets `FROM node:24-slim` and `FROM postgres:18` be built here; a name that somebody really pulled is left alone. */
async function nameAsHub(recipes: Recipes): Promise<void> {
  for (const { tag, standsFor } of [recipes.all.base, recipes.all.node, recipes.all.postgres]) {
    for (const version of standsFor!.tags) {
      const name = `${standsFor!.repository.replace(/^library\//, "")}:${version}`;
      const owner = await tryDocker(["image", "inspect", "--format", '{{index .Config.Labels "etage.lab.image"}}', name]);
      if (owner !== "") await docker(["tag", tag, name]);
    }
  }
}

async function timed(what: string, log: (message: string) => void, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  log(`${what} made in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

if (import.meta.main) await buildImages(console.log);
