/** What the flip's program is told, for either way. Pure. */
import { linkSsh, copyFiles } from "../host/files.ts";
import { CERTIFICATE, CERTIFICATE_KEY, uploads } from "../host/paths.ts";
import { moveService, streamsService } from "../host/proxy.ts";
import { ROOM, ROOM_TARGET } from "../host/room.ts";
import { containerName, customerDatabase } from "../../model/names.ts";
import { allHostnames } from "../../model/fleet.ts";
import { CONTAINER } from "./data/psql.ts";
import { flipStatements } from "./data/flip-statements.ts";
import type { FlipFiles, FlipInput } from "./flip/input.ts";
import { conninfo, type End, type Hands, hostOf, otherEnd } from "./hands.ts";

export interface FlipOptions {
  attempt: string;
  mode: FlipInput["mode"];
  holdLimitMilliseconds: number;
}

/** Rounds before a hold. In a rehearsal many, to see what the host is like; before the hold itself it was just rehearsed. */
const ROUNDS = { rehearse: { least: 15, most: 300, calm: 5 }, flip: { least: 3, most: 200, calm: 3 } } as const;
const PAUSE_MS = 40;
/** For the compare of everything as of the cutover. */
const SNAPSHOT_SECONDS = 1800;

/** `left`: the end that the customer leaves. */
export function flipFor(hands: Hands, left: End, { attempt, mode, holdLimitMilliseconds }: FlipOptions): FlipInput {
  const { slug, context: { fleet: { platform } } } = hands;
  const database = customerDatabase(platform, hostOf(hands, left).outputs, slug);
  return {
    slug, attempt, mode, limitMilliseconds: holdLimitMilliseconds,
    statements: flipStatements(slug, { sealMilliseconds: Math.round(holdLimitMilliseconds * 0.7), markerMilliseconds: holdLimitMilliseconds }),
    old: { container: CONTAINER, user: database.user, database: database.name },
    next: { conninfo: conninfo(hands, left) },
    route: {
      service: moveService(slug), hosts: hostnamesOf(hands), old: appTarget(hands, left), next: hands.link[left].app, room: ROOM_TARGET,
      healthPath: platform.app.health.ready, streams: platform.app.streams.length > 0 ? { service: streamsService(slug), paths: platform.app.streams } : null, forwardHeaders: platform.proxied, tls: { certificate: CERTIFICATE, key: CERTIFICATE_KEY },
    },
    proxy: containerName.proxy, room: ROOM,
    rehearsal: { ...ROUNDS[mode], calmMilliseconds: holdLimitMilliseconds / 20, pauseMilliseconds: PAUSE_MS },
    files: hands.folders.length > 0 ? filesFor(hands, left) : null,
    keepSnapshotsSeconds: mode === "flip" ? SNAPSHOT_SECONDS : 0,
  };
}

export const hostnamesOf = ({ context: { fleet }, slug }: Pick<Hands, "context" | "slug">): string[] => allHostnames(fleet.platform, fleet.customer(slug)!.customer);

/** `container:port` of the app on one of the hosts. */
export const appTarget = (hands: Pick<Hands, "context" | "gathered">, end: End): string => `${hostOf(hands, end).app.name}:${hands.context.fleet.platform.app.port}`;

function filesFor(hands: Hands, left: End): FlipFiles {
  const { slug, folders } = hands;
  const [here, there] = [hostOf(hands, left).outputs, hostOf(hands, otherEnd(left)).outputs];
  const peer = { host: there.host, user: there.user, address: there.privateAddress };
  return {
    root: uploads(here.dataPath), folders,
    pass: copyFiles({ slug, folders, from: here.dataPath, to: there.dataPath, peer, limitKilobytes: 0 }) as readonly string[],
    receiver: [...linkSsh(slug, peer), "receive"],
  };
}
