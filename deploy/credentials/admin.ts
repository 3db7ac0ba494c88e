/** Has the app make customers' admins, or give them new passwords (docs/app-contract.md, `admins`). */
import { z } from "zod";
import { UserError } from "../errors.ts";
import { type AppSpec, runOnce } from "../host/docker.ts";
import { lastLines, type Runner } from "../remote/runner.ts";

export interface Credentials { slug: string; url: string; email: string; password: string }

const answer = z.union([z.object({ slug: z.string(), email: z.string().min(1), password: z.string().min(1) }), z.object({ slug: z.string(), fault: z.string() })]);

/**
 * In one run of the app. `url`: where one logs in. Resolves with what became of each, in their order: credentials, or a
 * UserError, which quotes only what the app said to people.
 */
export async function makeAdmins(runner: Runner, spec: AppSpec, list: readonly Omit<Credentials, "password">[]): Promise<(Credentials | UserError)[]> {
  // What it prints is kept nowhere, not in Docker's logs either.
  const { code, stdout, stderr } = await runner.run(runOnce(spec, "admins", { unlogged: true, stdin: true }), { stdin: JSON.stringify(list.map(({ slug, email }) => ({ slug, email }))), timeout: 60_000 + 5_000 * list.length });
  const said = new Map(stdout.split("\n").flatMap((line) => answer.safeParse(valueIn(line)).data ?? []).map((one) => [one.slug, one]));
  return list.map(({ slug, url }) => {
    const one = said.get(slug);
    if (one && "password" in one) return { slug, url, email: one.email, password: one.password };
    const reason = one?.fault ?? (code === 0 ? undefined : lastLines(stderr.trim(), 5) || `exit code ${code}`);
    if (reason !== undefined) return new UserError(`${runner.host}: the app made no admin for ${slug}: ${reason}`, { hint: "a release that can make several at once answers the command `admins` (docs/app-contract.md)" });
    return new UserError(`${runner.host}: \`admins\` of ${spec.version} answers something else than docs/app-contract.md says`, { hint: "its answer is not shown, since it may hold a password; deploy app check IMAGE tries the command" });
  });
}

function valueIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
