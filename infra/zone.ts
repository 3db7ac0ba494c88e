/** How Cloudflare treats visitors of a zone. The stack `shared` owns these settings. */
import { ZoneSetting } from "@pulumi/cloudflare/zoneSetting.js";
import * as pulumi from "@pulumi/pulumi";

export interface ZoneArgs { zoneId: string }

/** `strict`: Cloudflare talks TLS to the host and checks its certificate. Everything weaker lets somebody listen or pretend. */
const SETTINGS = { ssl: "strict", always_use_https: "on" } as const;

export class Zone extends pulumi.ComponentResource {
  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Zone", name, {}, opts);
    for (const [settingId, value] of Object.entries(SETTINGS)) {
      new ZoneSetting(`${name}-${settingId}`, { zoneId: args.zoneId, settingId, value }, { parent: this });
    }
    this.registerOutputs({});
  }
}
