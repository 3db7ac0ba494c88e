/** Brings a release's image to hosts before their turn, in the way that hosting.yaml says. */
import { architectureOf } from "../../model/catalog.ts";
import type { Context } from "../context.ts";
import { plannedHosts } from "./plan.ts";
import type { Prepared } from "./prepare.ts";
import { pullAhead } from "./pull-ahead.ts";
import { type Ahead, shareImage } from "./share-image.ts";

export function bringAhead(context: Context, { plan, looks }: Prepared, signal: AbortSignal): Ahead {
  const { fleet } = context;
  const hosts = plannedHosts(plan);
  const architecture = (host: string): string => architectureOf(fleet.host(host)?.serverType ?? "");
  const lacking = hosts.filter(({ pullBytes }) => pullBytes !== 0).map(({ host }) => host);
  const alike = lacking.filter((host) => architecture(host) === architecture(lacking[0]!));
  if (fleet.platform.rollout.images === "peer" && alike.length > 1) return shareImage(context, plan.release, architecture(alike[0]!), alike, looks, signal);
  // The first is on its way to pull it already.
  void pullAhead(context, plan.release, hosts.slice(1).map(({ host }) => host), signal);
  return NOTHING;
}

/** Docker itself joins two pulls of one image, so nobody need wait. */
export const NOTHING: Ahead = { of: async () => {}, end: async () => {} };
