/** The house has directions (design: who may import whom), and files stay small enough to be read in one go. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** Folder → folders of ours that it may import from, beside itself. */
const MAY_IMPORT: Record<string, string[]> = {
  model: [],
  infra: ["model"],
  stacks: ["infra", "model"],
  deploy: ["model"],
  app: [],
  lab: [],
  engine: [],
  // Plays on the lab what the product must stand.
  drills: ["model", "deploy", "lab"],
};

interface Source {
  path: string;
  folder: string;
  text: string;
}

const sources: Source[] = globSync("{model,infra,stacks,deploy,app,lab,engine,drills,bench,test}/**/*.{ts,mjs,js}", { cwd: root, exclude: (path) => path.includes("node_modules") })
  .map((path) => ({ path, folder: path.split(sep)[0]!, text: readFileSync(join(root, path), "utf8") }));

/** Specifiers of static imports, re-exports and dynamic imports with a literal. */
function imports(text: string): string[] {
  return [...text.matchAll(/^\s*(?:import|export)\b[^;'"]*?from\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

const foldersOf = (source: Source): string[] => imports(source.text).filter((specifier) => specifier.startsWith("."))
  .map((specifier) => relative(root, join(root, dirname(source.path), specifier)).split(sep)[0]!);

describe("directions", () => {
  it.each(Object.entries(MAY_IMPORT))("%s imports from %j only", (folder, allowed) => {
    const strays = sources.filter((source) => source.folder === folder)
      .flatMap((source) => foldersOf(source).filter((other) => other !== folder && !allowed.includes(other)).map((other) => `${source.path} → ${other}`));
    expect(strays).toEqual([]);
  });

  it("the product does not know that the lab exists", () => {
    const knowing = sources.filter(({ folder, text }) => ["model", "infra", "stacks", "deploy"].includes(folder) && /\blab\b|\.lab\//i.test(text)).map(({ path }) => path);
    expect(knowing).toEqual([]);
  });

  it("model reads from disk in one file, and never writes but for its generated files", () => {
    const touching = sources.filter(({ folder, text }) => folder === "model" && /node:fs|node:child_process|fetch\(/.test(text)).map(({ path }) => path).sort();
    expect(touching).toEqual(["model/generate-schemas.ts", "model/read.ts"]);
  });

  it("finds imports in every form", () => {
    expect(imports('import a from "./a.ts";\nimport {\n  b,\n} from "./b.ts";\nexport * from "./c.ts";\nimport "./d.ts";\nconst e = await import("./e.ts");\nimport type { F } from \'./f.ts\';'))
      .toEqual(["./a.ts", "./b.ts", "./c.ts", "./d.ts", "./e.ts", "./f.ts"]);
  });
});

it("files stay under 300 lines", () => {
  const long = sources.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 })).filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`);
  expect(long).toEqual([]);
});
