/** A host's machine at Hetzner and its place in the private network. */
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { serverName } from "../model/names.ts";

export interface ServerArgs {
  platform: string;
  host: string;
  labels: Record<string, string>;
  serverType: string;
  location: string;
  /** Hetzner image of a new server. */
  image: string;
  /** cloud-config of a new server; must stay what it was. */
  userData: pulumi.Input<string>;
  /** Keys that Hetzner hands over to a new server; with none it would mail a root password. */
  sshKeyIds: pulumi.Input<string[]>;
  firewallId: pulumi.Input<number>;
  networkId: pulumi.Input<string>;
  /** Refuse to delete or rebuild it, here and in Hetzner's API. */
  protect: boolean;
}

/** What only counts when a server is made. A later change would replace it and lose what is on it: left to a planned rebuild. */
const ONLY_AT_BIRTH = ["image", "sshKeys", "location"];

/**
 * What is on a machine goes with it, so it names this component as `deletedWith`. Not the hcloud.Server inside: when that was
 * deleted behind our back, a refresh takes it out of the state, and what is left would have to be deleted over SSH.
 */
export class Server extends pulumi.ComponentResource {
  readonly serverId: pulumi.Output<number>;
  readonly address: pulumi.Output<string>;
  readonly privateAddress: pulumi.Output<string>;

  constructor(name: string, args: ServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Server", name, {}, opts);
    const server = new hcloud.Server(name, {
      name: serverName(args.platform, args.host),
      serverType: args.serverType,
      location: args.location,
      image: args.image,
      userData: args.userData,
      sshKeys: args.sshKeyIds,
      firewallIds: [args.firewallId],
      labels: args.labels,
      // Data are on the volume; a small system disk leaves the way back to a smaller server type open.
      keepDisk: true,
      deleteProtection: args.protect,
      rebuildProtection: args.protect,
    }, { parent: this, protect: args.protect, ignoreChanges: ONLY_AT_BIRTH, deleteBeforeReplace: true });
    this.serverId = server.id.apply(Number);
    const attachment = new hcloud.ServerNetwork(name, {
      serverId: this.serverId, networkId: pulumi.output(args.networkId).apply(Number),
    }, { parent: this, deletedWith: this, deleteBeforeReplace: true });
    this.address = server.ipv4Address;
    this.privateAddress = attachment.ip;
    this.registerOutputs({ serverId: this.serverId, address: this.address, privateAddress: this.privateAddress });
  }
}
