/** A host's firewall at Hetzner, in front of the machine. */
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { firewallName } from "../model/names.ts";
import { admissionRules } from "./firewall-plan.ts";

export interface FirewallArgs {
  platform: string;
  host: string;
  labels: Record<string, string>;
  /** Where HTTP and HTTPS may come from, as CIDR ranges; anywhere when absent. */
  edges?: pulumi.Input<string[]>;
}

export class Firewall extends pulumi.ComponentResource {
  readonly firewallId: pulumi.Output<number>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Firewall", name, {}, opts);
    const firewall = new hcloud.Firewall(name, {
      name: firewallName(args.platform, args.host),
      rules: args.edges ? pulumi.output(args.edges).apply((edges) => admissionRules(edges)) : admissionRules(undefined),
      labels: args.labels,
    }, { parent: this });
    this.firewallId = firewall.id.apply(Number);
    this.registerOutputs({ firewallId: this.firewallId });
  }
}
