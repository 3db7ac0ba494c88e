/** bin/lab up */
import { openLab, ports } from "../context.ts";
import { rootAuthority } from "../ca.ts";
import { control, type Status } from "../control/client.ts";
import { containersOf } from "../control/docker.ts";
import { openOperatorKey, openSecrets, readIdentity, writeIdentity, type Identity } from "../control/identity.ts";
import { createBridge } from "../machines/bridge.ts";
import { registryName, storageName } from "../machines/names.ts";
import { registryAddress, startRegistry } from "../registry/registry.ts";
import { startStorage, storageAddress } from "../storage/storage.ts";
import { LabError } from "./errors.ts";
import { seconds, type Output } from "./output.ts";
import { freeNumber } from "./place.ts";
import { endProcess, isAlive, startProcess } from "./process.ts";
import { ensureZones } from "./zones.ts";

export async function up(directory: string, zones: string[], output: Output): Promise<void> {
  const start = performance.now();
  const identity = await claim(directory, zones, output);
  const lab = openLab(directory, identity.number, (line) => output.say(`  ${line}`));
  try {
    openSecrets(directory);
    openOperatorKey(directory);
    await rootAuthority(lab);
    const running = (await containersOf(lab.number)).filter((one) => one.state === "running").map((one) => one.name);
    if (!running.includes(registryName(lab))) await output.step(`registry on ${registryAddress(lab)}`, () => startRegistry(lab));
    if (!running.includes(storageName(lab))) await output.step(`object store on ${storageAddress(lab)}`, () => startStorage(lab));
  } finally {
    lab.database.close();
  }
  const known = isAlive(directory, identity.pid) ? await control<Status>(directory, identity, "GET", "/status") : undefined;
  // Alive and deaf: it could not be stopped otherwise, and it holds the ports.
  if (!known && isAlive(directory, identity.pid)) await endProcess(directory, identity.pid!, 0);
  const status = known ?? (await output.step("machines, APIs, name server, edge", () => startProcess(directory, identity)));
  const made = await ensureZones(directory, identity, zones);
  if (made.length > 0) output.say(`✓ zone ${made.join(", ")}`);

  for (const problem of status.problems) output.say(`✗ not brought back: ${problem}`);
  output.say(`Lab ${identity.number} is ${known ? "already " : ""}up (${seconds(start)})${machines(status)}.`);
  output.say(usage(identity.number));
  output.result({ number: identity.number, pid: status.pid, directory, already: known !== undefined, servers: status.servers, zones: made, problems: status.problems });
  if (status.problems.length > 0) throw new LabError("The lab is up, but not all of it came back; see above and bin/lab logs.");
}

/** Takes the number of lab.json, or a free one; with it the bridge, which Docker gives to one lab only. */
async function claim(directory: string, zones: string[], output: Output): Promise<Identity> {
  const kept = readIdentity(directory);
  const refused = new Set<number>();
  for (;;) {
    const identity: Identity = kept ?? { number: await freeNumber(refused), zones: [] };
    const lab = openLab(directory, identity.number, () => {});
    try {
      const create = () => createBridge(lab);
      await (kept && isAlive(directory, kept.pid) ? create() : output.step(`bridge ${lab.subnet(0)}/24`, create));
      const whole = { ...identity, zones: [...new Set([...identity.zones, ...zones])] };
      writeIdentity(directory, whole);
      return whole;
    } catch (error) {
      // Another clone was quicker with this number: Docker refuses overlapping networks.
      if (kept || refused.size >= 5) throw error;
      refused.add(identity.number);
    } finally {
      lab.database.close();
    }
  }
}

function machines({ servers }: Status): string {
  if (servers.length === 0) return "";
  const running = servers.filter((server) => server.machine === "running").length;
  return `, ${running} of ${servers.length} servers running`;
}

function usage(number: number): string {
  return `  Hetzner     http://127.77.${number}.1:${ports.hetzner}/v1
  Cloudflare  http://127.77.${number}.1:${ports.cloudflare}/client/v4
Next: eval "$(bin/lab env)" sets tokens and endpoints in this shell; bin/lab status shows what runs; bin/lab down stops it.`;
}
