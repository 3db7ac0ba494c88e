/** The end of a host: its machine is deleted in the cloud, and its disk. What protects them is taken off first, as somebody did who knew what they did. */
import { setTimeout as sleep } from "node:timers/promises";
import { serverName, volumeName } from "../../model/names.ts";
import { readModel } from "../../model/read.ts";
import type { Site } from "../site/site.ts";
import { machinesOf } from "../site/machines.ts";

/** Resolves with when the machine was told to lose its power, in milliseconds since 1970; everything is gone then. `dark`: told as soon as it has none. */
export async function destroyHost(site: Site, host: string, dark: () => void = () => {}): Promise<number> {
  const { fleet: { platform } } = readModel(site.directory);
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${site.environment.HCLOUD_ENDPOINT}${path}`, {
      method, headers: { authorization: `Bearer ${site.environment.HCLOUD_TOKEN}`, "content-type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? {} : await response.json()) as T;
  };
  const [server] = (await ask<{ servers: { id: number }[] }>("GET", `/servers?name=${serverName(platform.name, host)}`)).servers;
  const [volume] = (await ask<{ volumes: { id: number }[] }>("GET", `/volumes?name=${volumeName(platform.name, host)}`)).volumes;
  if (!server || !volume) throw new Error(`${host} has no server or no volume`);
  await ask("POST", `/servers/${server.id}/actions/change_protection`, { delete: false, rebuild: false });
  await ask("POST", `/volumes/${volume.id}/actions/change_protection`, { delete: false });
  // The power goes first: nothing is written down in order.
  const machines = await machinesOf(site);
  const gone = Date.now();
  await machines.fault(host, "kill");
  dark();
  await eventually(() => ask("DELETE", `/servers/${server.id}`));
  await eventually(async () => {
    const { volumes } = await ask<{ volumes: { server: number | null }[] }>("GET", `/volumes?name=${volumeName(platform.name, host)}`);
    if (volumes[0]?.server) throw new Error(`the volume of ${host} is still attached`);
  });
  await eventually(() => ask("DELETE", `/volumes/${volume.id}`));
  return gone;
}

/** Actions take a moment; until they are through, others are refused. */
async function eventually(act: () => Promise<unknown>): Promise<void> {
  for (let left = 60; ; left -= 1) {
    try {
      return void await act();
    } catch (error) {
      if (left === 0) throw error;
      await sleep(500);
    }
  }
}
