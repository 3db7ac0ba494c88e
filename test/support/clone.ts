/** A second copy of the project in a temporary folder, with a lab and stacks of its own, so that a test never touches the developer's. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyProject, openSite, type Site } from "../../drills/site/site.ts";

export type { Result } from "../../drills/site/command.ts";
export type Clone = Site;

export async function cloneWithLab(zone: string): Promise<Clone> {
  const directory = mkdtempSync(join(tmpdir(), "etage-clone-"));
  copyProject(directory);
  return openSite(directory, [zone]);
}
