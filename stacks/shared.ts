/** The stack `shared`: the shared host, and what all hosts lean on (network, operators' keys, settings of the zones). */
import { Host } from "../infra/host.ts";
import { zonesOf } from "../infra/dns-plan.ts";
import { Network } from "../infra/network.ts";
import { Operators } from "../infra/operators.ts";
import { Zone } from "../infra/zone.ts";
import { preflight } from "./preflight.ts";
import { edgesOf, operatorsOf, tellAboutDns, type Program } from "./program.ts";

export async function shared(program: Program): Promise<Record<string, unknown>> {
  const { platform, host, protect } = program;
  const keys = operatorsOf(platform);
  const zoneIds = await preflight(host.location, zonesOf(platform));
  await tellAboutDns(program);

  const network = new Network(platform.name, { platform, protect });
  const operators = new Operators(platform.name, { platform: platform.name, keys });
  for (const [zone, zoneId] of zoneIds) new Zone(zone, { zoneId });
  const { outputs } = new Host(host.name, {
    host, platform, protect, zoneIds, operators: keys,
    sshKeyIds: operators.sshKeyIds, edges: edgesOf(platform),
    // By way of the subnet: a server can't join a network that has none yet.
    networkId: network.subnetId.apply((subnetId) => subnetId.split("-")[0]!),
  });
  return { ...outputs, networkId: network.networkId, sshKeyIds: operators.sshKeyIds };
}
