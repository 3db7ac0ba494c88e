/** Where a customer's restore lies on its host, and the app's commands there. Pure. */
import type { Outputs } from "../../model/outputs.ts";
import type { AppSpec } from "../host/docker.ts";
import { APP_USER, backups, restores, SCRATCH_SECRETS, SECRETS } from "../host/paths.ts";
import { restoreMark, type RestoreMark } from "../host/restores.ts";
import { LIVING, type ScratchSpec } from "../host/scratch.ts";

export interface Place {
  /** Everything but the secrets. */
  folder: string;
  archive: string;
  /** The customer's data as it was right before it was replaced. Stays. */
  kept: string;
  uploads: string;
  secrets: { from: string; to: string; group: number };
  scratch: ScratchSpec;
  /** What goes when the scratch goes; the note last. */
  all: string[];
}

/** Ends the name of what is kept; before it stands when the restore began. */
export const KEPT_ENDING = ".before-restore.tar";
/** How many of a host's are kept. */
export const KEPT = 10;

/** `at`: what is gone back to; `since`: when that began. ISO. */
export function placeOf({ dataPath, database }: Pick<Outputs, "dataPath" | "database">, host: string, slug: string, { at, since }: Pick<RestoreMark, "at" | "since">): Place {
  const folder = `${restores(dataPath)}/${slug}`;
  const to = `${SCRATCH_SECRETS}/${slug}`;
  return {
    folder, archive: `${folder}/${slug}.tar`, uploads: `${folder}/uploads`,
    kept: `${backups(dataPath)}/${slug}-${since.slice(0, 19).replaceAll(":", "-")}Z${KEPT_ENDING}`,
    secrets: { from: SECRETS, to, group: APP_USER },
    scratch: { slug, living: LIVING, database, stanza: host, at, folder },
    all: [folder, to, restoreMark(slug)],
  };
}

/** The app's commands as they work on the scratch: its database, its files. */
export const onScratch = (spec: AppSpec, { folder, secrets }: Place): AppSpec => ({ ...spec, dataPath: folder, secrets: secrets.to });
