/** After a restart of the lab: machines become again what the records say. After `reset`: nothing is left. */
import type { Cloud } from "./cloud.ts";
import { applyFirewalls, powerOn, recordStatus, restoreAttachments } from "./machine.ts";
import type { ServerStatus } from "./records.ts";
import { bury } from "./server-delete.ts";
import { make } from "./volumes.ts";

const meantToRun: ServerStatus[] = ["running", "starting", "initializing", "rebuilding"];

/** Work cut off by the restart ends as an error, so that nobody waits for it for ever. To be called before the API answers. */
export function endInterrupted(cloud: Cloud): void {
  const error = { code: "action_failed", message: "the lab was stopped while the action ran" };
  const finished = new Date().toISOString();
  cloud.store.transaction(() => {
    for (const action of cloud.store.all("action")) {
      if (action.status === "running") cloud.store.change("action", action.id, { status: "error", progress: 100, finished, error });
    }
  });
}

export async function resume(cloud: Cloud): Promise<void> {
  const { store } = cloud;
  await each(cloud, "burying a server", store.all("grave"), (grave) => bury(cloud, grave));
  await each(cloud, "making a network", store.all("network"), (network) => cloud.networkReady(network.id));
  await each(cloud, "making a volume", store.all("volume").filter((volume) => volume.status === "creating"), (volume) => make(cloud, volume.id));
  await each(cloud, "bringing back a server", store.all("server"), (server) =>
    // The API answers already: who asks for a change meanwhile is told that the server is locked.
    cloud.actions.turn([{ type: "server", id: server.id }], () => bringBack(cloud, server.id)),
  );
}

async function bringBack(cloud: Cloud, id: number): Promise<void> {
  const server = cloud.store.find("server", id);
  if (!server) return;
  if (meantToRun.includes(server.status)) {
    await powerOn(cloud, id);
    await restoreAttachments(cloud, id);
  }
  await applyFirewalls(cloud, id);
  await recordStatus(cloud, id);
}

/** Takes everything down, machines first, then forgets the records. One failure does not keep the rest alive. */
export async function reset(cloud: Cloud): Promise<void> {
  await cloud.actions.idle();
  const { store, machines } = cloud;
  const servers = [...store.all("server").map((server) => server.id), ...store.all("grave").map((grave) => grave.server)];
  await each(cloud, "detaching a volume", store.all("volume").filter((volume) => volume.server !== null), (volume) => machines.detachVolume(volume.id));
  await each(cloud, "removing a server", servers.map((id) => ({ id })), ({ id }) => machines.destroy(id));
  await each(cloud, "removing a volume", store.all("volume"), (volume) => machines.destroyVolume(volume.id));
  await each(cloud, "removing a network", store.all("network"), (network) => machines.destroyNetwork(network.id));
  store.clear();
}

async function each<T extends { id: number }>(cloud: Cloud, what: string, items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(items.map((item) => work(item)));
  results.forEach((result, index) => {
    if (result.status === "rejected") cloud.lab.log(`hetzner: ${what} (${items[index]!.id}) failed: ${String(result.reason)}`);
  });
}
