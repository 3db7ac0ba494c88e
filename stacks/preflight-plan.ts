/** What the clouds' refusals mean to an operator. Pure. */

/** One sentence for each token that is not there or can't be one. */
export function missingTokens({ hetzner, cloudflare }: { hetzner?: string; cloudflare?: string }): string[] {
  const faults = [];
  if (!hetzner) {
    faults.push("HCLOUD_TOKEN is not set. Expected an API token with read and write permission (Hetzner console, project, Security, API tokens): export HCLOUD_TOKEN=…");
  } else if (hetzner.length !== 64) {
    faults.push(`HCLOUD_TOKEN has ${hetzner.length} characters; Hetzner's API tokens have 64. Copy it again from the Hetzner console`);
  }
  if (!cloudflare) {
    faults.push("CLOUDFLARE_API_TOKEN is not set. Expected a token that may edit DNS, zone settings, and SSL and certificates of the platform's zones (Cloudflare dashboard, My Profile, API Tokens): export CLOUDFLARE_API_TOKEN=…");
  }
  return faults;
}

/** Why Hetzner didn't tell about `location`. */
export function explainHetzner(location: string, message: string, endpoint = "https://api.hetzner.cloud/v1"): string {
  if (/unauthorized|unable to authenticate|token you have provided/i.test(message)) {
    return `Hetzner Cloud (${endpoint}) does not accept the token in HCLOUD_TOKEN. Make one with read and write permission in the Hetzner console (project, Security, API tokens). Nothing was changed`;
  }
  if (isUnreachable(message)) return `Hetzner Cloud does not answer at ${endpoint} (${reason(message)}). Check the network, and HCLOUD_ENDPOINT. Nothing was changed`;
  if (/not found/i.test(message)) return `Hetzner Cloud has no location ${location}; expected one of \`hcloud location list\`, for example fsn1. Correct \`location\` in hosting.yaml or customers.yaml. Nothing was changed`;
  return `Hetzner Cloud (${endpoint}) refused to tell about location ${location}: ${reason(message)}. Nothing was changed`;
}

/** Why Cloudflare didn't tell about `zone`. */
export function explainCloudflare(zone: string, message: string, endpoint = "https://api.cloudflare.com/client/v4"): string {
  if (/\b401\b|\b403\b|authentication|invalid.*token|unauthorized/i.test(message)) {
    return `Cloudflare (${endpoint}) does not accept the token in CLOUDFLARE_API_TOKEN. Expected one that may edit DNS, zone settings, and SSL and certificates of ${zone} (dashboard, My Profile, API Tokens). Nothing was changed`;
  }
  if (isUnreachable(message)) return `Cloudflare does not answer at ${endpoint} (${reason(message)}). Check the network, and CLOUDFLARE_BASE_URL. Nothing was changed`;
  if (/no result|not found|exactly one|no zone|0 zones|failed to find/i.test(message)) {
    return `${zone} is no zone of the Cloudflare account that the token belongs to. Add it there, or correct \`domain\` and \`zones\` in hosting.yaml. Nothing was changed`;
  }
  return `Cloudflare (${endpoint}) refused to tell about zone ${zone}: ${reason(message)}. Nothing was changed`;
}

const isUnreachable = (message: string): boolean => /connection refused|no such host|i\/o timeout|deadline exceeded|network is unreachable|ECONNREFUSED|EOF/i.test(message);

/** The last clause of a provider's chain of causes: the one that says what happened. */
const reason = (message: string): string => message.trim().split("\n").filter((line) => line.trim() !== "").at(-1)!.trim().replace(/^.*?(error occurred|returned an error):\s*/, "").slice(0, 300);
