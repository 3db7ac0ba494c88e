/** PostgreSQL with pgBackRest in it: which images, what they are called, how they are made and pushed. */
import { join } from "node:path";
import { imageParts } from "../../model/rules/services.ts";
import type { Hosting } from "../../model/schema.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { repositoryName, type Repository } from "../registry/reference.ts";
import { byLines } from "../release/build.ts";
import { mustRun, type Runner } from "../remote/runner.ts";
import { seconds } from "../report/units.ts";

export interface ImagePlan {
  /** As hosting.yaml has it. */
  named: string;
  /** Paths of the keys that name it. */
  keys: string[];
  /** What it will be called: a neighbour of the app's repository. */
  tag: string;
}

export interface MadeImage extends Pick<ImagePlan, "named" | "keys"> {
  /** What it was built on. */
  base: string;
  /** What hosting.yaml is to name: the tag, with the digest once it is pushed. */
  image: string;
  /** As pgBackRest says it. */
  pgbackrest: string;
}

const TIMEOUT = 3600 * 1000;
const SUFFIX = "-pgbackrest";
/** By which a later run finds what ours was built on; the name is a standard of image labels. */
const BASE_LABEL = "org.opencontainers.image.base.name";

/** One for every PostgreSQL image that hosting.yaml names. */
export function planImages({ services, tiers }: Pick<Hosting, "services" | "tiers">, app: Repository): ImagePlan[] {
  const named = [["services.postgres.image", services.postgres.image] as const,
    ...Object.entries(tiers).map(([name, tier]) => [`tiers.${name}.services.postgres.image`, tier.services.postgres?.image] as const)];
  const plans = new Map<string, ImagePlan>();
  for (const [key, image] of named) {
    if (image === undefined) continue;
    const known = plans.get(image);
    if (known) known.keys.push(key);
    else plans.set(image, { named: image, keys: [key], tag: ownTag(image, app) });
  }
  return [...plans.values()];
}

/** `postgres:18` beside `registry.example.com/epica/app` → `registry.example.com/epica/postgres:18-pgbackrest`. */
function ownTag(image: string, app: Repository): string {
  const { repository, tag, digest } = imageParts(image);
  const path = [...app.path.split("/").slice(0, -1), repository.split("/").at(-1)].join("/");
  const version = tag ?? digest!.replace("sha256:", "").slice(0, 12);
  return `${repositoryName({ ...app, path })}:${version.endsWith(SUFFIX) ? version : `${version}${SUFFIX}`}`;
}

/** Whether hosting.yaml names one that was made here before. */
export const isOwn = ({ named }: Pick<ImagePlan, "named">): boolean => (imageParts(named).tag ?? "").endsWith(SUFFIX);

/** The host's network, so that builds also work behind an operator's own proxy or mirror. */
export const buildImageCommand = (tag: string, base: string): string[] => [
  "docker", "build", "--network", "host", "--tag", tag, "--build-arg", `POSTGRES=${base}`, "--label", `${BASE_LABEL}=${base}`, join(import.meta.dirname, "postgres"),
];

/**
 * Prints pgBackRest's version, if it knows this PostgreSQL: a distribution may have one that is older than the server, and
 * then fails at the first backup. So it gets a new, empty database to look at.
 */
export const tryImageCommand = (tag: string): string[] => ["docker", "run", "--rm", "--network", "none", "--user", "postgres", "--entrypoint", "sh", tag, "-ec", TRY];

const TRY = `initdb --auth=trust --pgdata=/tmp/database >/dev/null
pgbackrest --stanza=try --pg1-path=/tmp/database --repo1-path=/tmp/repository --lock-path=/tmp/lock --log-level-file=off --log-level-console=off --log-level-stderr=warn --no-online stanza-create
pgbackrest version`;

/** Finds the image's digest among those that the push left with it. */
export const digestsCommand = (tag: string): string[] => ["docker", "image", "inspect", "--format", "{{join .RepoDigests \"\\n\"}}", tag];

/** `verbose`: shows what builder and push print; else that is shown when they fail. */
export async function makeImage(context: Pick<Context, "report" | "now">, runner: Runner, plan: ImagePlan, { push, verbose }: { push: boolean; verbose: boolean }): Promise<MadeImage> {
  const { report } = context;
  const { tag, named, keys } = plan;
  const onOutput = verbose ? byLines((line) => report.text(line)) : undefined;
  const stage = async (name: string, command: string[]): Promise<string> => {
    const began = context.now().getTime();
    const output = await mustRun(runner, `docker ${name}`, command, { timeout: TIMEOUT, ...(onOutput ? { onOutput } : {}) });
    report.text(`✓ ${name} ${tag}  ${seconds((context.now().getTime() - began) / 1000)}`);
    return output;
  };
  const base = isOwn(plan) ? await baseOf(runner, named) : named;
  await stage("build", buildImageCommand(tag, base));
  const pgbackrest = (await mustRun(runner, `trying pgBackRest with the PostgreSQL of ${base}`, tryImageCommand(tag), { timeout: TIMEOUT })).trim();
  if (!push) return { named, keys, base, image: tag, pgbackrest };
  await stage("push", ["docker", "push", tag]);
  const digests = (await mustRun(runner, "reading the image's digest", digestsCommand(tag))).split("\n");
  const digest = digests.find((line) => line.startsWith(`${imageParts(tag).repository}@`))?.split("@")[1];
  if (digest === undefined) throw new UserError(`Docker does not say the digest of ${tag}, though it was pushed`, { hint: "look at `docker image inspect`" });
  return { named, keys, base, image: `${tag}@${digest}`, pgbackrest };
}

async function baseOf(runner: Runner, image: string): Promise<string> {
  await mustRun(runner, `pulling ${image}`, ["docker", "pull", "--quiet", image], { timeout: TIMEOUT });
  const base = (await mustRun(runner, "reading what it was built on", ["docker", "image", "inspect", "--format", `{{index .Config.Labels "${BASE_LABEL}"}}`, image])).trim();
  if (base === "") throw new UserError(`${image} does not say what it was built on`, { hint: "let hosting.yaml name the plain image, for example postgres:18, and run this again" });
  return base;
}
