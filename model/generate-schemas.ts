/** `node model/generate-schemas.ts`: writes what artefacts.ts makes. Run it after a change of schema, rules or catalogue. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { artefacts } from "./artefacts.ts";

const root = join(import.meta.dirname, "..");
for (const [path, text] of Object.entries(artefacts())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(path);
}
