/** What a recipe needs in its build folder besides its own files: things fetched or compiled through their registries' clients. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../machines/command.ts";
import type { ImageName } from "./recipes.ts";

/** Fills the build folder (a copy of the recipe's folder) of image `name`. */
export async function prepare(name: ImageName, folder: string): Promise<void> {
  if (name === "node") await fetchNode(folder);
  const program = programs[name];
  if (program !== undefined) await compile(folder, name, program);
}

async function fetchNode(folder: string): Promise<void> {
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { directory: folder });
  await cp(join(folder, "node_modules", `node-linux-${process.arch}`, "bin", "node"), join(folder, "node"));
}

/** Go programs whose recipe pins their modules: where each one's main package is. */
const programs: Partial<Record<ImageName, string>> = {
  "kamal-proxy": "github.com/basecamp/kamal-proxy/cmd/kamal-proxy",
  versitygw: "github.com/versity/versitygw/cmd/versitygw",
};

async function compile(folder: string, name: string, program: string): Promise<void> {
  await run(
    "nice",
    ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", name, program],
    { directory: folder, environment: { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" } },
  );
}
