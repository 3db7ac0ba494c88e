/** What is known of a release without running it: from its image in the registry, wherever it was built. */
import { UserError } from "../errors.ts";
import type { Journal, Migration } from "../journal/journal.ts";
import type { Registry } from "../registry/client.ts";
import { bytesToPull, type Image, readImage } from "../registry/image.ts";
import { MIGRATIONS_LABEL, parseMigrations } from "./migrations.ts";

export interface ReleaseFacts {
  /** Null when neither image nor journal say. */
  migrations: Migration[] | null;
  /** Null when the registry does not have it, or does not answer. */
  image: Image | null;
}

/** `architecture`: which image of several, in Go's name for it; layers differ, migrations do not. */
export type FactsReader = (release: { version: string; digest: string }, architecture?: string) => Promise<ReleaseFacts>;

/** Asks the registry once a release, not once a host. Never throws for a registry that is away: then less is known. */
export function factsReader(registry: () => Registry, journal: () => Journal): FactsReader {
  const known = new Map<string, Promise<ReleaseFacts>>();
  return (release, architecture = "amd64") => {
    const key = `${release.digest} ${architecture}`;
    const facts = known.get(key) ?? readFacts(registry(), journal(), release, architecture);
    known.set(key, facts);
    return facts;
  };
}

async function readFacts(registry: Registry, journal: Journal, { version, digest }: { version: string; digest: string }, architecture: string): Promise<ReleaseFacts> {
  const image = await readImage(registry, digest, architecture).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  const labelled = image && parseMigrations(image.labels[MIGRATIONS_LABEL] ?? "");
  // Images of before the label: what was noted when one was built from here, if it is the same image.
  const entry = labelled ? undefined : await journal.release(version);
  return { image: image ?? null, migrations: labelled ?? (entry?.digest === digest ? entry.migrations : null) };
}

/** Bytes that a host which runs `from` has to pull for `to`: all of it, when nothing or something unknown runs there. Null when `to` is not known. */
export const pullBytes = (from: ReleaseFacts | null, to: ReleaseFacts): number | null => to.image && bytesToPull(from?.image ?? undefined, to.image);
