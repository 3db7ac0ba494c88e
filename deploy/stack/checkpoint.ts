/**
 * Stacks that Pulumi keeps in local files (`pulumi login file://…`), read from there.
 *
 * A documented command would be better, and costs 300 ms of processor time a stack (`pulumi stack export`), most of it to
 * start; the file takes 1 ms. With a thousand hosts that is a second instead of minutes, at every call. So: only the layout
 * that Pulumi itself declares in `.pulumi/meta.yaml` (version 1), only uncompressed files, only formats that we know, and
 * for everything else the command. Pulumi replaces the file in one step, so it is never half written. Nothing is cached:
 * no key other than the content itself surely changes with it (`pulumi stack import` keeps the time that `stack ls` shows).
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { Outputs } from "../../model/outputs.ts";
import { parseCheckpoint } from "./state.ts";

/** Folder of the stacks' files of a project. Undefined when the backend is of another kind or layout. `directory` holds Pulumi.yaml. */
export async function checkpointFolder(backend: string, directory: string): Promise<string | undefined> {
  const path = /^file:\/\/([^?%]+)(\?.*)?$/.exec(backend)?.[1];
  if (!path) return undefined;
  const folder = join(path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(directory, path), ".pulumi");
  try {
    const [meta, project] = await Promise.all([join(folder, "meta.yaml"), join(directory, "Pulumi.yaml")].map(async (file) => parse(await readFile(file, "utf8")) as { version?: number; name?: string }));
    return meta?.version === 1 && project?.name ? join(folder, "stacks", project.name) : undefined;
  } catch {
    return undefined; // no backend here, or not readable: the command will say
  }
}

/** Undefined when there is no such file, or none that we can read. */
export async function readCheckpoint(folder: string, stack: string): Promise<Outputs | undefined> {
  const file = join(folder, `${stack}.json`);
  // Where both forms lie, the newer counts; Pulumi shall choose.
  if (existsSync(`${file}.gz`) || existsSync(`${file}.zst`)) return undefined;
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : parseCheckpoint(text, stack);
}
