/** The end of a customer's own route on a host that goes on to serve it. */
import { all, type Command } from "./command.ts";
import { deployMove, deployRoute, type Route } from "./proxy.ts";
import { removeMove } from "./room.ts";

/**
 * Takes the customer's own route away; the app's route has its names again. `app`: with the names that it should have. An
 * exact name can't be in two routes: a wildcard over it bridges the moment in which it is in none (beginMove does the same).
 */
export function endMove(slug: string, route: Route, app: Route): Command {
  const wanted = route.hosts.filter((host) => app.hosts.includes(host));
  if (wanted.length === 0) return removeMove(slug);
  const bridges = wanted.map((host) => `*${host.slice(host.indexOf("."))}`).filter((host) => !app.hosts.includes(host));
  const others = route.hosts.filter((host) => !wanted.includes(host));
  return all(deployMove(slug, { ...route, hosts: [...new Set([...others, ...bridges])] }), deployRoute(app), removeMove(slug));
}
