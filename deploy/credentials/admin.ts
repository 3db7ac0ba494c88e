/** Has the app make a customer's admin, or give one a new password (docs/app-contract.md, `admin`). */
import { z } from "zod";
import { UserError } from "../errors.ts";
import { type AppSpec, runOnce } from "../host/docker.ts";
import { lastLines, type Runner } from "../remote/runner.ts";

export interface Credentials { slug: string; url: string; email: string; password: string }

const answer = z.object({ email: z.string().min(1), password: z.string().min(1) });

/** `url`: where one logs in. @throws UserError, which quotes only what the app said to people. */
export async function makeAdmin(runner: Runner, spec: AppSpec, { slug, email, url }: Omit<Credentials, "password">): Promise<Credentials> {
  // What it prints is kept nowhere, not in Docker's logs either.
  const { code, stdout, stderr } = await runner.run(runOnce(spec, ["admin", slug, email], { unlogged: true }), { timeout: 60_000 });
  if (code !== 0) throw new UserError(`${runner.host}: the app made no admin for ${slug}: ${lastLines(stderr.trim(), 5) || `exit code ${code}`}`);
  const { success, data } = answer.safeParse(valueIn(stdout));
  if (!success) throw new UserError(`${runner.host}: \`admin\` of ${spec.version} answers something else than docs/app-contract.md says`, { hint: "its answer is not shown, since it may hold a password; deploy app check IMAGE tries the command" });
  return { slug, url, ...data };
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text.trim().split("\n").at(-1) ?? "");
  } catch {
    return undefined;
  }
}
