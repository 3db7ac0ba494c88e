/** What is really on a host: read from its machine, with nothing of the program that is tried in between. */
import type { Machines } from "./machines.ts";

export interface Inside {
  host: string;
  /** Release of the container that the proxy sends requests to; null: there is none. */
  release: string | null;
  /** What must not be there when nothing is at work; empty when all is well. */
  leftovers: string[];
}

const SCRIPT = `
[ ! -e /var/lib/etage/lock ] || echo "lock $(tr -d '\\n' </var/lib/etage/lock/owner.json)"
docker ps --all --format 'container {{.Names}} {{.State}} {{.Label "etage.role"}} {{.Label "etage.release"}}'
docker exec proxy kamal-proxy list | sed 's/\\x1b\\[[0-9;]*m//g' | awk 'NR > 1 && NF { print "route", $1, $4, $5 }'
`;

export async function inspect(machines: Machines, host: string): Promise<Inside> {
  const lines = (await machines.inside(host, SCRIPT)).split("\n").map((line) => line.split(" "));
  const of = (kind: string): string[][] => lines.filter(([first]) => first === kind).map(([, ...words]) => words);
  const routes = of("route").map(([service = "", target = "", state = ""]) => ({ service, container: target.replace(/:\d+$/, ""), state }));
  const containers = of("container").map(([name = "", state = "", role = "", release = ""]) => ({ name, state, role, release }));
  const route = routes.find(({ service }) => service === "app");
  const serving = containers.find(({ name }) => name === route?.container);
  const stray = containers.filter(({ name, role, release }) => role !== "" && name !== serving?.name && (role === "app" || role === "task" || release !== serving?.release));
  return {
    host,
    release: serving?.release ?? null,
    leftovers: [
      ...of("lock").map((words) => `a lock: ${words.join(" ")}`),
      ...stray.map(({ name, state, role, release }) => `container ${name} (${role} of ${release || "no release"}, ${state})`),
      ...routes.filter(({ service }) => service !== "app").map(({ service, container }) => `route ${service} to ${container}`),
      ...(route && route.state !== "running" ? [`the app's route is ${route.state}`] : []),
      ...(route && !serving ? [`the app's route leads to ${route.container}, which is gone`] : []),
      ...(serving && serving.state !== "running" ? [`the serving container ${serving.name} is ${serving.state}`] : []),
    ],
  };
}

/** Lets time pass for a lock whose owner is dead, so that nobody has to sit through its expiry. */
export const ageLock = (machines: Machines, host: string, seconds: number): Promise<string> =>
  machines.inside(host, `[ ! -e /var/lib/etage/lock ] || find /var/lib/etage/lock -exec touch --date="-${seconds} seconds" {} +`);
