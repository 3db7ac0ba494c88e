/** A dedicated customer's stack: its host. Network and operators' keys are those of the stack `shared`. */
import * as pulumi from "@pulumi/pulumi";
import { dnsPlan, zonesOf } from "../infra/dns-plan.ts";
import { Host } from "../infra/host.ts";
import { FIRST_SHARED_HOST } from "../model/fleet.ts";
import { preflight } from "./preflight.ts";
import { edgesOf, operatorsOf, tellAboutDns, type Program } from "./program.ts";

export async function dedicated(program: Program): Promise<Record<string, unknown>> {
  const { platform, host, protect } = program;
  const keys = operatorsOf(platform);
  const used = new Set(dnsPlan(host, platform).records.map((record) => record.zone));
  const zoneIds = await preflight(host.location, zonesOf(platform).filter((zone, index) => index === 0 || used.has(zone)));
  const platformStack = new pulumi.StackReference(FIRST_SHARED_HOST, {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${FIRST_SHARED_HOST}`,
  });
  const [networkId, sshKeyIds] = await Promise.all([platformStack.getOutputDetails("networkId"), platformStack.getOutputDetails("sshKeyIds")]);
  if (networkId.value === undefined || sshKeyIds.value === undefined) throw new pulumi.RunError(BRING_UP_SHARED);
  await tellAboutDns(program);

  const { outputs } = new Host(host.name, {
    host, platform, protect, zoneIds, operators: keys,
    networkId: networkId.value, sshKeyIds: sshKeyIds.value, edges: edgesOf(platform),
  });
  return { ...outputs, phase: host.phase };
}

const BRING_UP_SHARED = `Bring up the shared stack first: pulumi up -s ${FIRST_SHARED_HOST}. The network and the operators' keys are there`;
