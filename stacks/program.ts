/** What both programs begin with. */
import { getIpRangesOutput } from "@pulumi/cloudflare/getIpRanges.js";
import * as pulumi from "@pulumi/pulumi";
import type { Host as HostModel } from "../model/fleet.ts";
import type { Hosting } from "../model/schema.ts";
import { dnsPlan } from "../infra/dns-plan.ts";
import { operatorKeys, type OperatorKey } from "../infra/operators-plan.ts";
import { ownPublicKey } from "../infra/own-key.ts";

export interface Program {
  platform: Hosting;
  host: HostModel;
  /** Refuse to delete what holds data. */
  protect: boolean;
}

/** Listed operators and the key of this run. */
export const operatorsOf = (platform: Hosting): OperatorKey[] => operatorKeys(platform.operators, ownPublicKey());

/** Cloudflare's address ranges, where customers' names lead through it. */
export function edgesOf(platform: Hosting): pulumi.Output<string[]> | undefined {
  if (!platform.proxied) return undefined;
  return getIpRangesOutput().apply(({ ipv4Cidrs, ipv6Cidrs }) => [...ipv4Cidrs, ...ipv6Cidrs]);
}

/** Tells the operator what a host's DNS does not do, and why. */
export async function tellAboutDns({ platform, host }: Program): Promise<void> {
  if (host.phase === "staged") {
    await pulumi.log.info(`${host.name} is staged: it has no DNS records, its customer is still served by the shared host. ` +
      `\`deploy move ${host.name}\` brings the customer over; \`deploy go-live ${host.name}\` says that there is nothing to move`);
  }
  const { foreign } = dnsPlan(host, platform);
  if (foreign.length > 0) {
    await pulumi.log.info(`${foreign.join(", ")}: in none of the platform's zones; whoever runs their DNS has to lead them to this host's address`);
  }
}
