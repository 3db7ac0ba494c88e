/** Asks the release that serves a customer where the customer's data lies (docs/app-contract.md, `describe`). */
import { z } from "zod";
import { UserError } from "../errors.ts";
import { describeCustomer } from "../host/describe.ts";
import { indent, lastLines, type Runner } from "../remote/runner.ts";
import { imageOf, type Release } from "../rollout/release.ts";
import type { Tenancy } from "./data/tenancy.ts";

const folder = z.string().regex(/^(?!\.{1,2}(\/|$))[^/\0]+(\/(?!\.{1,2}(\/|$))[^/\0]+)*$/, "a folder below UPLOADS_PATH");
const description = z.object({
  key: z.union([z.string().min(1), z.number()]),
  rows: z.array(z.object({ table: z.string().min(1), column: z.string().min(1) })).default([]),
  files: z.array(folder).default([]),
  hostTables: z.array(z.string()).default([]),
});

export interface Description {
  tenancy: Tenancy;
  /** Below the uploads folder. */
  folders: string[];
}

/** @throws UserError when the release can't say it. */
export async function describedBy(runner: Runner, release: Release, slug: string): Promise<Description> {
  const { code, stdout, stderr } = await runner.run(describeCustomer(imageOf(release), slug), { timeout: 60_000 });
  if (code !== 0) throw new UserError(`${release.version} does not say where ${slug}'s data lies\n${indent(lastLines(stderr || stdout, 5))}`, { hint: "a release that can be moved answers the command `describe` (docs/app-contract.md); update to one that does" });
  return parseDescription(stdout, release.version);
}

export function parseDescription(stdout: string, release: string): Description {
  const { success, data, error } = description.safeParse(value(stdout));
  if (!success) throw new UserError(`\`describe\` of ${release} answers something else than docs/app-contract.md says: ${z.prettifyError(error)}`);
  const { files, ...tenancy } = data;
  return { tenancy, folders: files };
}

function value(text: string): unknown {
  try {
    return JSON.parse(text.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
