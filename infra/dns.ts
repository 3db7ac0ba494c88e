/** A host's DNS records at Cloudflare. */
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import * as pulumi from "@pulumi/pulumi";
import type { RecordPlan } from "./dns-plan.ts";

export interface DnsArgs {
  records: readonly RecordPlan[];
  /** Cloudflare's ids of the zones, by name. */
  zoneIds: ReadonlyMap<string, string>;
  address: pulumi.Input<string>;
  /** Lead visitors through Cloudflare. */
  proxied: boolean;
}

/** Cloudflare's word for "automatic", and the only one it takes for a proxied record. */
const AUTOMATIC = 1;
/** Of a record that isn't proxied, in seconds: short, so that a move to another host is soon seen. */
const SHORT = 60;

export class Dns extends pulumi.ComponentResource {
  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Dns", name, {}, opts);
    for (const record of args.records) {
      const zoneId = args.zoneIds.get(record.zone);
      if (zoneId === undefined) throw new Error(`no id for zone ${record.zone}, in which ${record.name} lies`);
      new DnsRecord(record.name, {
        zoneId, name: record.name, type: "A", content: args.address, proxied: args.proxied, ttl: args.proxied ? AUTOMATIC : SHORT,
      }, { parent: this, deleteBeforeReplace: true });
    }
    this.registerOutputs({});
  }
}
