/** Builds, tags and pushes a release of the app, and notes what is in it. */
import type { Context } from "../context.ts";
import { Refused, UserError } from "../errors.ts";
import type { ReleaseEntry } from "../journal/journal.ts";
import { findDigest, requireDigest } from "../registry/digest.ts";
import { repositoryName } from "../registry/reference.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import { seconds } from "../report/units.ts";
import { checkVersion } from "../rollout/release.ts";
import { sourceOf } from "./git.ts";
import { MIGRATIONS_LABEL, parseMigrations } from "./migrations.ts";

export interface BuildOptions {
  version: string;
  /** Folder with the Dockerfile. */
  folder: string;
  push: boolean;
  /** Replace a release that exists. */
  force: boolean;
  /** Show what the builder and the push print; otherwise it is only shown when they fail. */
  verbose: boolean;
}

const BUILD_TIMEOUT = 3600 * 1000;

/** Command that builds the image. The host's network, so that builds also work behind an operator's own proxy or mirror. */
export const buildCommand = (tag: string, { version, folder }: BuildOptions, commit: string | null, at: Date): string[] => [
  "docker", "build", "--network", "host", "--tag", tag, "--build-arg", `RELEASE=${version}`,
  "--label", `org.opencontainers.image.version=${version}`, "--label", `org.opencontainers.image.created=${at.toISOString()}`,
  ...(commit ? ["--label", `org.opencontainers.image.revision=${commit}`] : []), folder,
];

/** Prints what is in the release: only its own code knows. */
export const migrationsCommand = (tag: string): string[] => ["docker", "run", "--rm", "--network", "none", tag, "migrations"];

/**
 * Puts what the image said into a label of the image, where any operator can read it from the registry without pulling.
 * A second build, since the answer needs the first one's result: from a Dockerfile of one line on standard input, it adds
 * no layer, sends no files and takes a moment.
 */
export const labelCommand = (tag: string, migrations: string): string[] =>
  ["docker", "build", "--tag", tag, "--label", `${MIGRATIONS_LABEL}=${migrations}`, "-"];

/** Without `push` the digest is empty and nothing is noted: no host could run it. */
export async function buildRelease(context: Context, runner: Runner, options: BuildOptions): Promise<ReleaseEntry> {
  const { registry, repository, journal, report, environment } = context;
  const version = checkVersion(options.version);
  const image = repositoryName(repository);
  const tag = `${image}:${version}`;
  if (options.push && !options.force && await findDigest(registry, version)) {
    throw new Refused(`${tag} exists already, and hosts may run it`, "take another version, or replace it with --force");
  }
  const { commit, dirty } = await sourceOf(runner, options.folder);
  const onOutput = options.verbose ? byLines((line) => report.text(line)) : undefined;
  const stage = async (name: string, command: string[]): Promise<void> => {
    const began = context.now().getTime();
    await mustRun(runner, `docker ${name}`, command, { timeout: BUILD_TIMEOUT, ...(onOutput ? { onOutput } : {}) });
    report.text(`✓ ${name} ${tag}  ${seconds((context.now().getTime() - began) / 1000)}`);
  };
  await stage("build", buildCommand(tag, options, commit, context.now()));
  const migrations = parseMigrations(await mustRun(runner, "reading the release's migrations", migrationsCommand(tag)));
  if (!migrations) throw new UserError(`the image's command \`migrations\` does not print a JSON list of {"name", "reversible"}`, { hint: "see docs/app-contract.md" });
  await mustRun(runner, "labelling the image", labelCommand(tag, JSON.stringify(migrations)), { stdin: `FROM ${tag}\n`, timeout: BUILD_TIMEOUT });
  const entry: ReleaseEntry = { version, digest: "", image, commit, dirty, migrations, builtAt: context.now().toISOString(), by: `${environment.operator}@${environment.machine}` };
  if (!options.push) return entry;
  await stage("push", ["docker", "push", tag]);
  const pushed = { ...entry, digest: await requireDigest(registry, version) };
  await journal.saveRelease(pushed);
  return pushed;
}

/** Output comes in pieces that end anywhere. */
export function byLines(show: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) show(line);
  };
}
