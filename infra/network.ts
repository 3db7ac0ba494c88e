/** The private network that all hosts of the platform share. The stack `shared` owns it. */
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { networkName } from "../model/names.ts";
import type { Hosting } from "../model/schema.ts";

export interface NetworkArgs {
  platform: Pick<Hosting, "name" | "network">;
  /** Refuse to delete it. Every host hangs on it. */
  protect: boolean;
}

export class Network extends pulumi.ComponentResource {
  readonly networkId: pulumi.Output<string>;
  /** As Hetzner's provider names it: `<network>-<range>`. */
  readonly subnetId: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Network", name, {}, opts);
    const { name: platform, network: { range, subnet, zone } } = args.platform;
    const network = new hcloud.Network(name, {
      name: networkName(platform), ipRange: range, deleteProtection: args.protect, labels: { platform },
    }, { parent: this, protect: args.protect });
    const cloudSubnet = new hcloud.NetworkSubnet(name, {
      networkId: network.id.apply(Number), type: "cloud", networkZone: zone, ipRange: subnet,
    }, { parent: this, protect: args.protect });
    this.networkId = network.id;
    this.subnetId = cloudSubnet.id;
    this.registerOutputs({ networkId: this.networkId, subnetId: this.subnetId });
  }
}
