/** Looks at the real machines, so that a server that died or shut itself down reads `off`, as it would at Hetzner. */
import type { Cloud } from "./cloud.ts";

/** One look a second is enough, and a machine that does not say within half a second keeps its status. */
const freshFor = 1_000;
const patience = 500;
const seen = new WeakMap<Cloud, Map<number, number>>();

export async function observeAll(cloud: Cloud): Promise<void> {
  await observe(cloud, cloud.store.all("server").map((server) => server.id));
}

/** Brings the recorded status of idle servers up to date. Never throws. */
export async function observe(cloud: Cloud, ids: number[]): Promise<void> {
  const looks = seen.get(cloud) ?? new Map<number, number>();
  seen.set(cloud, looks);
  const due = ids.filter((id) => Date.now() - (looks.get(id) ?? 0) >= freshFor);
  await Promise.all(due.map((id) => {
    looks.set(id, Date.now());
    return lookAt(cloud, id);
  }));
}

async function lookAt(cloud: Cloud, id: number): Promise<void> {
  if (!isIdle(cloud, id)) return;
  const timeout = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patience).unref());
  const state = await Promise.race([cloud.machines.state(id), timeout]).catch(() => undefined);
  const status = cloud.store.find("server", id)?.status;
  // An action may have begun meanwhile; it knows better.
  if (state === undefined || !isIdle(cloud, id)) return;
  if (state === "running" && status === "off") cloud.store.change("server", id, { status: "running" });
  if (state !== "running" && status === "running") cloud.store.change("server", id, { status: "off" });
}

function isIdle(cloud: Cloud, id: number): boolean {
  const status = cloud.store.find("server", id)?.status;
  return (status === "running" || status === "off") && !cloud.actions.busy("server", id);
}
