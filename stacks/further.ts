/** The stack of any host but `shared`, of a dedicated customer or a further shared one: its host. Network and operators' keys are those of the stack `shared`. */
import * as pulumi from "@pulumi/pulumi";
import { dnsPlan, zonesOf } from "../infra/dns-plan.ts";
import { Host } from "../infra/host.ts";
import { FIRST_SHARED_HOST } from "../model/fleet.ts";
import { preflight } from "./preflight.ts";
import { edgesOf, operatorsOf, tellAboutDns, type Program } from "./program.ts";

export async function further(program: Program): Promise<Record<string, unknown>> {
  const { platform, host, protect } = program;
  const keys = operatorsOf(platform);
  const used = new Set(dnsPlan(host, platform).records.map((record) => record.zone));
  const zoneIds = await preflight(host.location, zonesOf(platform).filter((zone, index) => index === 0 || used.has(zone)));
  const { networkId, sshKeyIds } = await sharedOutputs();
  await tellAboutDns(program);

  const { outputs } = new Host(host.name, {
    host, platform, protect, zoneIds, operators: keys,
    networkId, sshKeyIds, edges: edgesOf(platform),
  });
  return { ...outputs, phase: host.phase };
}

/** What the shared stack has for the others. @throws RunError when it is not up. */
async function sharedOutputs(): Promise<{ networkId: string; sshKeyIds: string[] }> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${FIRST_SHARED_HOST}`;
  // A StackReference to a stack that isn't there ends the run with the engine's own words; this call can be caught.
  await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }).catch((error: Error) => {
    throw new pulumi.RunError(/unknown stack|not found/i.test(error.message) ? BRING_UP_SHARED : `can't read the outputs of stack ${name}: ${error.message}`);
  });
  const reference = new pulumi.StackReference(FIRST_SHARED_HOST, { name });
  const [networkId, sshKeyIds] = await Promise.all([reference.getOutputDetails("networkId"), reference.getOutputDetails("sshKeyIds")]);
  if (networkId.value === undefined || sshKeyIds.value === undefined) throw new pulumi.RunError(BRING_UP_SHARED);
  return { networkId: networkId.value, sshKeyIds: sshKeyIds.value };
}

const BRING_UP_SHARED = `Bring up the shared stack first: pulumi up -s ${FIRST_SHARED_HOST}. Network and operators' keys are there. Nothing was changed`;
