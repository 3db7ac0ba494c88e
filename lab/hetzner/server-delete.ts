/** DELETE /servers/{id}: the record goes at once, the machine right after, and what outlives it is set free. */
import { setTimeout as sleep } from "node:timers/promises";
import { checkUnlocked, checkUnprotected, type Cloud } from "./cloud.ts";
import type { ActionRecord, GraveRecord, ServerRecord } from "./records.ts";
import { volumesOf } from "./volumes.ts";

export function deleteServer(cloud: Cloud, server: ServerRecord): ActionRecord {
  checkUnprotected(server.protection.delete, "server deletion");
  checkUnlocked(cloud, "server", server.id);
  const { store } = cloud;
  const volumes = volumesOf(cloud, server.id).map((volume) => volume.id);
  for (const volume of volumes) store.change("volume", volume, { server: null });
  for (const ip of store.all("primary_ip").filter(({ assignee }) => assignee === server.id)) {
    if (ip.autoDelete) store.remove("primary_ip", ip.id);
    else store.change("primary_ip", ip.id, { assignee: null });
  }
  for (const firewall of store.all("firewall")) {
    const appliedTo = firewall.appliedTo.filter((target) => target.type !== "server" || target.server.id !== server.id);
    if (appliedTo.length < firewall.appliedTo.length) store.change("firewall", firewall.id, { appliedTo });
  }
  store.remove("server", server.id);
  const grave = store.insert("grave", { server: server.id, address: server.address, volumes });
  return cloud.actions.start({
    command: "delete_server",
    // Waiting for volumes and networks too: who attaches them next must find them free.
    resources: [{ type: "server", id: server.id }, ...volumes.map((id) => ({ type: "volume", id })), ...server.privateNet.map(({ network }) => ({ type: "network", id: network }))],
    work: () => bury(cloud, grave),
  });
}

const attempts = 4;
const firstPause = 100;

/** Takes the machine down and gives its address back. Nobody can ask again, so it is tried anew here; a last failure leaves the grave for the next start of the lab. */
export async function bury(cloud: Cloud, grave: GraveRecord, attempt = 1): Promise<void> {
  try {
    if ((await cloud.machines.state(grave.server)) !== "missing") for (const volume of grave.volumes) await cloud.machines.detachVolume(volume);
    await cloud.machines.destroy(grave.server);
  } catch (error) {
    if (attempt === attempts) throw error;
    cloud.lab.log(`hetzner: taking down server ${grave.server} failed, trying again: ${String(error)}`);
    await sleep(firstPause * 2 ** attempt);
    return bury(cloud, grave, attempt + 1);
  }
  cloud.store.remove("grave", grave.id);
}
