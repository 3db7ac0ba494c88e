/** What is asked before anything is created: are there tokens, are they good, do zones and location exist. */
import { getZone } from "@pulumi/cloudflare/getZone.js";
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { explainCloudflare, explainHetzner, missingTokens } from "./preflight-plan.ts";

/** The ids of `zones`, by name. @throws RunError that says what is wrong, before anything was made. */
export async function preflight(location: string, zones: readonly string[]): Promise<Map<string, string>> {
  const missing = missingTokens({
    hetzner: new pulumi.Config("hcloud").get("token") ?? process.env.HCLOUD_TOKEN,
    cloudflare: new pulumi.Config("cloudflare").get("apiToken") ?? process.env.CLOUDFLARE_API_TOKEN ?? process.env.CLOUDFLARE_API_KEY,
  });
  if (missing.length > 0) throw new pulumi.RunError(missing.join("\n"));
  const [, ...ids] = await Promise.all([checkLocation(location), ...zones.map(zoneId)]);
  return new Map(zones.map((zone, index) => [zone, ids[index]!]));
}

async function checkLocation(name: string): Promise<void> {
  try {
    await hcloud.getLocation({ name });
  } catch (error) {
    throw new pulumi.RunError(explainHetzner(name, messageOf(error), process.env.HCLOUD_ENDPOINT));
  }
}

async function zoneId(name: string): Promise<string> {
  try {
    return (await getZone({ filter: { name, match: "all" } })).zoneId;
  } catch (error) {
    throw new pulumi.RunError(explainCloudflare(name, messageOf(error), process.env.CLOUDFLARE_BASE_URL));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
