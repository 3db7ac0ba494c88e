/** App containers and images. */
import { all, any, type Command, quiet, root, script } from "./command.ts";
import { APP_USER, OLD_LOGS, SECRETS, uploads } from "./paths.ts";

export interface AppSpec {
  /** `app-v42-3f9a1c` */
  name: string;
  version: string;
  digest: string;
  /** `repository@sha256:…` */
  image: string;
  network: string;
  dataPath: string;
  /** Folder with the files of its secrets, when it is not the host's own. */
  secrets?: string;
  memoryMegabytes: number;
  drainSeconds: number;
  /** Plain settings only; secrets are files. */
  environment: Readonly<Record<string, string>>;
  /** Fingerprint of everything above that, when changed, asks for a new container. */
  settings: string;
  /** ISO time. */
  since: string;
}

export const LABEL = { role: "etage.role", release: "etage.release", digest: "etage.digest", since: "etage.since", settings: "etage.settings" } as const;

/** What `timeout` ends with when it had to end its command. */
export const TIMED_OUT = 124;
const PULL_SECONDS = 900;
export const pullTimeout = PULL_SECONDS * 1000;

/**
 * A Docker configuration on standard input, for one command: in memory where the system has such a place, readable by
 * nobody else, gone afterwards. What a killed shell left goes with the next one.
 */
const LOGGED_IN = `
set -eu
umask 077
find /dev/shm /tmp -maxdepth 1 -name 'etage-login.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || true
folder=$(mktemp -d /dev/shm/etage-login.XXXXXX 2>/dev/null || mktemp -d /tmp/etage-login.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$folder/config.json"
DOCKER_CONFIG=$folder "$@"
`;

/**
 * By digest, so that a tag moved meanwhile can't slip in; tagged afterwards, so that people can read the list. An image
 * that is there is not asked for again: a rollback works while the registry is away. `login`: the registry wants one; its
 * dockerConfig comes on standard input.
 */
export function pull(image: string, tag: string, { login = false } = {}): Command {
  const words = ["docker", "pull", "--quiet", image];
  return all(any(quiet(["docker", "image", "inspect", image]), login ? script("logged-in", LOGGED_IN, ...words) : words), ["docker", "tag", image, tag]);
}

/** What every run of the app's image gets: secrets as files, plain settings as variables. */
function appOptions(spec: AppSpec): string[] {
  return [
    "--network", spec.network, "--group-add", String(APP_USER),
    "--volume", `${spec.secrets ?? SECRETS}:/run/secrets:ro`, "--volume", `${uploads(spec.dataPath)}:/data/uploads`,
    ...Object.entries(spec.environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
  ];
}

const labels = (spec: AppSpec): string[] => [
  "--label", `${LABEL.release}=${spec.version}`, "--label", `${LABEL.digest}=${spec.digest}`,
  "--label", `${LABEL.since}=${spec.since}`, "--label", `${LABEL.settings}=${spec.settings}`,
];

/** One of the image's commands (`migrate`, `tenants`, `export SLUG`) in a container that is gone afterwards. `unlogged`: Docker keeps nothing of what it prints. */
export const runOnce = (spec: AppSpec, command: string | readonly string[], options: { stdin?: boolean; unlogged?: boolean } = {}): string[] =>
  ["docker", "run", "--rm", "--label", `${LABEL.role}=task`, ...(options.stdin ? ["--interactive"] : []), ...(options.unlogged ? ["--log-driver", "none"] : []), ...appOptions(spec), spec.image, ...[command].flat()];

const LIMITED = `
seconds=$1; shift
timeout --kill-after 10 "$seconds" "$@"
code=$?
if [ $code = 124 ] || [ $code = 137 ]; then
  tasks=$(docker ps --all --quiet --filter label=${LABEL.role}=task)
  [ -z "$tasks" ] || docker rm --force $tasks >/dev/null
  exit ${TIMED_OUT}
fi
exit $code
`;
/** A `runOnce` that is stopped and removed after that time; it then ends with TIMED_OUT. */
export const runLimited = (seconds: number, command: readonly string[]): string[] => script("limited", LIMITED, seconds, ...command);

/** Makes sure the upload folder is there and the app's, then starts the container beside the old one. */
export const startApp = (spec: AppSpec): Command => all(
  root(["install", "-d", "-o", String(APP_USER), "-g", String(APP_USER), "-m", "0750", uploads(spec.dataPath)]),
  [
    "docker", "run", "--detach", "--name", spec.name, "--restart", "unless-stopped",
    "--label", `${LABEL.role}=app`, ...labels(spec),
    "--memory", `${spec.memoryMegabytes}m`, "--stop-timeout", String(Math.ceil(spec.drainSeconds) + 5),
    ...appOptions(spec), spec.image, "serve",
  ],
);

/** Made beside the release's container and started when the release serves. */
export const createWorker = (spec: AppSpec): string[] => [
  "docker", "create", "--name", spec.name, "--restart", "unless-stopped",
  "--label", `${LABEL.role}=worker`, ...labels(spec),
  "--memory", `${spec.memoryMegabytes}m`, "--stop-timeout", String(Math.ceil(spec.drainSeconds) + 5),
  ...appOptions(spec), spec.image, "work",
];

/** SIGTERM, then time to finish what is in flight. */
export const stopApp = (name: string, seconds: number): string[] => ["docker", "stop", "-t", String(Math.ceil(seconds) + 5), name];
export const startAgain = (name: string): string[] => ["docker", "start", name];

const REMOVE = `
logs=$1 left=0; shift
mkdir -p "$logs"
for name; do
  docker logs --timestamps --tail 10000 "$name" >"$logs/$name.log" 2>&1
  said=$(docker rm --force "$name" 2>&1) || case "$said" in *"No such container"*|*"already in progress"*) ;; *) left=1; printf '%s\n' "$said" >&2;; esac
done
ls -t "$logs" | tail -n +21 | while read -r old; do rm -f "$logs/$old"; done
exit $left
`;
/** Removes app containers; their logs stay in a file, the last twenty. Containers already gone are no fault. */
export const removeApps = (names: readonly string[]): Command => script("remove", REMOVE, OLD_LOGS, ...names);

const AWAIT_SERVICES = `
seconds=$1; shift
for name; do
  left=$seconds
  while health=$(docker inspect --format '{{.State.Health.Status}}' "$name") && [ "$health" = starting ]; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "$name is still starting after $seconds s" >&2; exit 1; }
    sleep 1
  done
  [ "$health" = healthy ] || { echo "$name is $health" >&2; exit 1; }
done
`;
/** Waits for containers that began just now, until their own checks find them well. */
export const awaitServices = (names: readonly string[], seconds: number): Command => script("await-services", AWAIT_SERVICES, seconds, ...names);

const PRUNE_IMAGES = `
repository=$1; shift
keep=" $* "
docker image ls "$repository" --format '{{.Tag}}' | while read -r tag; do
  case "$tag" in "<none>") continue;; esac
  case "$keep" in *" $tag "*) ;; *) docker rmi "$repository:$tag" >/dev/null 2>&1 && echo "$tag" || true;; esac
done
`;
/** Removes the repository's images but those tags. An image that a container uses stays; Docker refuses. Prints what went. */
export const pruneImages = (repository: string, keep: readonly string[]): Command => script("prune-images", PRUNE_IMAGES, repository, ...keep);

export const containerLogs = (container: string, options: { lines: number; follow: boolean }): string[] =>
  ["docker", "logs", "--timestamps", "--tail", String(options.lines), ...(options.follow ? ["--follow"] : []), container];

/** The newest kept log of a release's removed containers. */
export const keptLog = (version: string, lines: number): Command => script("kept-log", `
file=$(ls -t "$1"/app-"$2"-*.log 2>/dev/null | head -n 1)
[ -n "$file" ] || { echo "no log of $2 is kept on this host" >&2; exit 1; }
tail -n "$3" "$file"
`, OLD_LOGS, version, lines);
