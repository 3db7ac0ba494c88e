/** The Docker engine on a host, over SSH with a pinned host key. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { LOGIN_USER } from "./cloud-init.ts";
import { KEY_VARIABLE, backupScript, readyScript, sshOptions, type SshTarget } from "./docker-host-plan.ts";
import { waitForHost } from "./ready.ts";
import type { RegistryLogin } from "./registry-login.ts";

export interface DockerHostArgs {
  host: string;
  address: pulumi.Output<string>;
  hostKey: pulumi.Output<string>;
  dataPath: pulumi.Output<string>;
  /** The private network's name on the host, for containers. */
  network: string;
  /** The machine; what is on it goes with it. */
  machine: pulumi.Resource;
  /** Which machine it is. On another one everything is made anew. */
  machineId: pulumi.Output<number>;
  /** For images in a private registry. */
  login?: RegistryLogin | undefined;
  /** What else must be there before the host can be ready, such as its volume. */
  dependsOn: pulumi.Resource[];
}

export class DockerHost extends pulumi.ComponentResource {
  readonly provider: docker.Provider;
  /** The first thing made on a host; whatever depends on it finds the host ready. */
  readonly network: docker.Network;
  private readonly target: () => Promise<SshTarget>;

  constructor(name: string, args: DockerHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:DockerHost", name, {}, opts);
    const { host, address, hostKey, dataPath } = args;
    const ownKey = Boolean(process.env[KEY_VARIABLE]);
    this.provider = new docker.Provider(name, {
      host: pulumi.interpolate`ssh://${LOGIN_USER}@${address}:22`,
      sshOpts: hostKey.apply((key) => sshOptions({ host, hostKey: key, ownKey })),
      ...(args.login ? { registryAuth: [{ ...args.login, password: pulumi.secret(args.login.password) }] } : {}),
    }, { parent: this });

    this.target = async () => ({ host, address: await value(address), hostKey: await value(hostKey), ownKey });

    // A hook, so that only a run that makes the network waits: neither a preview nor a run that changes nothing pays for it.
    const ready = new pulumi.ResourceHook(`${name}-ready`, async () => {
      await waitForHost(await this.target(), readyScript(await value(dataPath)));
    });
    this.network = new docker.Network(name, { name: args.network, driver: "bridge" }, {
      parent: this,
      provider: this.provider,
      dependsOn: args.dependsOn,
      deletedWith: args.machine,
      replacementTrigger: args.machineId,
      hooks: { beforeCreate: [ready] },
    });
    this.registerOutputs({});
  }

  /** Before what it is hooked to is made, the host has what containers of one that backs up are shown; `storePath` as in hosting.yaml. */
  readyForBackup(name: string, storePath: string | undefined): pulumi.ResourceHook {
    return new pulumi.ResourceHook(name, async () => waitForHost(await this.target(), backupScript(storePath)));
  }
}

const value = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply((known) => resolve(known as T)));
