/** The disk that outlives its server: databases, uploads, the proxy's state. */
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { volumeName } from "../model/names.ts";
import type { Server } from "./server.ts";

export interface VolumeArgs {
  platform: string;
  host: string;
  labels: Record<string, string>;
  gigabytes: number;
  location: string;
  server: Server;
  protect: boolean;
}

export class Volume extends pulumi.ComponentResource {
  /** Where the host has it mounted; known as soon as the volume exists. */
  readonly dataPath: pulumi.Output<string>;
  /** What has to be there before something writes to `dataPath`. */
  readonly attachment: pulumi.Resource;

  constructor(name: string, args: VolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Volume", name, {}, opts);
    const volume = new hcloud.Volume(name, {
      name: volumeName(args.platform, args.host),
      size: args.gigabytes,
      // Not `serverId`: the volume must not be made again, nor let go, when its server is.
      location: args.location,
      format: "ext4",
      labels: args.labels,
      deleteProtection: args.protect,
    }, { parent: this, protect: args.protect, ignoreChanges: ["location", "format"] });
    this.attachment = new hcloud.VolumeAttachment(name, {
      volumeId: volume.id.apply(Number), serverId: args.server.serverId, automount: true,
      // To another server: let go first. The other way round, letting go would take it from the new one.
    }, { parent: this, deletedWith: args.server, deleteBeforeReplace: true });
    this.dataPath = pulumi.interpolate`/mnt/HC_Volume_${volume.id}`;
    this.registerOutputs({ dataPath: this.dataPath });
  }
}
