/** The first image: made by debootstrap, because there is no hub to pull it from. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { workFolder } from "./cache.ts";
import { debianMirror, machineBundle, type Recipe } from "./recipes.ts";

/** Makes `debian:bookworm-slim` under the recipe's tag; needs root and debootstrap. */
export async function buildBase(recipe: Recipe): Promise<void> {
  const work = await workFolder();
  const changes = ['CMD ["bash"]', `LABEL etage.lab.image=${recipe.name}`].flatMap((change) => ["--change", change]);
  try {
    await execa(join(recipe.folder, "make.sh"), [work, debianMirror(), machineBundle], { buffer: { stdout: false } })
      .pipe("docker", ["import", ...changes, "-", recipe.tag]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
