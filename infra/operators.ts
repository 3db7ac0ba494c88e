/** The operators' SSH keys in the Hetzner project. One set for the platform; the stack `shared` owns it. */
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { sshKeyName } from "../model/names.ts";
import type { OperatorKey } from "./operators-plan.ts";

export interface OperatorsArgs {
  /** Short name of the platform; prefix of the keys' names. */
  platform: string;
  keys: readonly OperatorKey[];
}

export class Operators extends pulumi.ComponentResource {
  /** Ids of the keys, in the order given. */
  readonly sshKeyIds: pulumi.Output<string[]>;

  constructor(name: string, args: OperatorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Operators", name, {}, opts);
    const keys = args.keys.map((key) => new hcloud.SshKey(`${name}-${key.name}`, {
      name: sshKeyName(args.platform, key.name),
      publicKey: key.publicKey,
      labels: { platform: args.platform },
    }, { parent: this, deleteBeforeReplace: true }));
    this.sshKeyIds = pulumi.output(keys.map((key) => key.id));
    this.registerOutputs({ sshKeyIds: this.sshKeyIds });
  }
}
