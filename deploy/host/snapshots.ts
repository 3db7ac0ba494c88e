/** Files of backups: restic's snapshots on a host, and bringing folders of them back. */
import { type Command, root, script } from "./command.ts";
import { BACKUP, uploads } from "./paths.ts";

export interface Snapshot {
  id: string;
  /** ISO. */
  time: string;
  /** Full paths on the host that it was taken of. */
  paths: string[];
}

/** Shell text: restic's variables, from the folder `$settings`. */
export const WITH_SETTINGS = `set -a; . "$settings/restic.env"; RESTIC_CACHE_DIR=/var/cache/etage-restic; set +a`;

const LIST = `
set -eu
settings=$1 tag=$2
${WITH_SETTINGS}
restic --no-lock --quiet snapshots --json --tag "$tag"
`;
/** Of a tag; `settings`: the folder with restic's variables. */
export const listSnapshots = (tag: string, settings = BACKUP): Command => root(script("snapshots", LIST, settings, tag));

/** Oldest first. Throws when it is not what restic prints. */
export function parseSnapshots(stdout: string): Snapshot[] {
  const list = JSON.parse(stdout.trim().split("\n").at(-1) || "[]") as (Snapshot & { short_id?: string })[] | null;
  return (list ?? []).map(({ id, time, paths }) => ({ id, time: new Date(time).toISOString(), paths })).sort((a, b) => a.time.localeCompare(b.time));
}

/**
 * Snapshots that together have every file that was there at that time, in the order in which they count: the last one
 * before it; then the first one after it, for what was uploaded in between. What is younger than that is still there.
 */
export function snapshotsAround(snapshots: readonly Snapshot[], at: string): Snapshot[] {
  const before = snapshots.findLast(({ time }) => time <= at);
  const after = snapshots.find(({ time }) => time > at);
  return [before, after].filter((one) => one !== undefined);
}

/** The path of a snapshot that has the uploads: on a host that was rebuilt the volume had another name. */
export const uploadsIn = ({ paths }: Pick<Snapshot, "paths">): string | undefined => paths.find((path) => path.endsWith("/uploads")) ?? paths[0];

/** Each file from the first place that has it: the snapshots in their order, then the living folder (by hard link: nothing is copied). */
const GATHER = `
set -eu
settings=$1 living=$2 into=$3 group=$4 snapshots=$5; shift 5
install -d -o "$group" -g "$group" -m 0750 "$into"
rm -rf "$into"/.from-*
if [ -n "$snapshots" ]; then
  ${WITH_SETTINGS}
  echo "$snapshots" | while read -r id path; do
    for folder; do
      restic --no-lock --quiet restore "$id" --target "$into/.from-$id" --include "$path/$folder"
      if [ -d "$into/.from-$id$path/$folder" ]; then mkdir -p "$into/$folder"; cp -aln "$into/.from-$id$path/$folder/." "$into/$folder/"; fi
    done
    rm -rf "$into/.from-$id"
  done
fi
for folder; do
  [ ! -d "$living/$folder" ] || { mkdir -p "$into/$folder"; cp -aln "$living/$folder/." "$into/$folder/"; }
  [ ! -d "$into/$folder" ] || chown "$group:$group" "$into/$folder"
done
`;
export interface GatherSpec { dataPath: string; /** Uploads folder of the scratch. */ into: string; folders: readonly string[]; snapshots: readonly Snapshot[]; group: number; settings?: string }
export function gatherFiles({ dataPath, into, folders, snapshots, group, settings = BACKUP }: GatherSpec): Command {
  const lines = snapshots.flatMap((one) => { const path = uploadsIn(one); return path ? [`${one.id} ${path}`] : []; });
  return root(script("gather-files", GATHER, settings, uploads(dataPath), into, group, lines.join("\n"), ...folders));
}
