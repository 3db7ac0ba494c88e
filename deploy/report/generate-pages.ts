/** `node deploy/report/generate-pages.ts`: writes what pages.ts makes. Run it after a change of events or notifications. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "./pages.ts";

for (const [path, text] of Object.entries(pages())) {
  writeFileSync(join(import.meta.dirname, "../..", path), text);
  console.log(path);
}
