/** The long-running containers of a host: proxy, PostgreSQL, Redis. App containers are none of Pulumi's business. */
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../model/fleet.ts";
import type { DockerHost } from "./docker-host.ts";
import { kept, newPassword } from "./secrets.ts";
import { database, databaseUrl, redisUrl, servicePlans, type ServicePlan, type ServiceSecrets, type WalArchive } from "./services-plan.ts";

export interface ServicesArgs {
  services: Host["services"];
  dockerHost: DockerHost;
  dataPath: pulumi.Output<string>;
  /** Where the database's WAL goes, on hosts that back up. */
  archive?: WalArchive | undefined;
  /** The machine; its containers go with it. */
  machine: pulumi.Resource;
  /** Which machine it is. On another one everything is made anew, from the data on the volume. */
  machineId: pulumi.Output<number>;
}

export class Services extends pulumi.ComponentResource {
  /** Container names. */
  readonly names: string[];
  readonly database = database;
  readonly databaseUrl: pulumi.Output<string>;
  readonly redisUrl: pulumi.Output<string>;

  constructor(name: string, args: ServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Services", name, {}, opts);
    const secrets = {
      databasePassword: kept(`${name}-database-password`, newPassword(), { parent: this }),
      redisPassword: kept(`${name}-redis-password`, newPassword(), { parent: this }),
    };
    const onHost: pulumi.CustomResourceOptions = {
      parent: this, provider: args.dockerHost.provider, dependsOn: [args.dockerHost.network], deletedWith: args.machine,
      replacementTrigger: args.machineId,
    };
    const plans = servicePlans(args.services, args.archive);
    const hooks = args.archive && { beforeCreate: [args.dockerHost.readyForBackup(`${name}-backup`, args.archive.path)] };
    for (const plan of plans) {
      const image = new docker.RemoteImage(`${name}-${plan.name}`, { name: plan.image, keepLocally: true }, onHost);
      new docker.Container(`${name}-${plan.name}`, containerArgs(plan, image, args, secrets), {
        ...onHost, deleteBeforeReplace: true, additionalSecretOutputs: ["uploads"],
        ...(hooks && plan.name === "postgres" ? { hooks } : {}),
      });
    }
    this.names = plans.map((plan) => plan.name);
    this.databaseUrl = secrets.databasePassword.apply(databaseUrl);
    this.redisUrl = secrets.redisPassword.apply(redisUrl);
    this.registerOutputs({ names: this.names, databaseUrl: this.databaseUrl, redisUrl: this.redisUrl });
  }
}

type KeptSecrets = { [name in keyof ServiceSecrets]: pulumi.Output<string> };

function containerArgs(plan: ServicePlan, image: docker.RemoteImage, { dataPath, dockerHost }: ServicesArgs, secrets: KeptSecrets): docker.ContainerArgs {
  return {
    name: plan.name,
    image: image.imageId,
    command: plan.command,
    envs: Object.entries(plan.environment).map(([key, value]) => `${key}=${value}`),
    user: plan.user,
    init: plan.init,
    networksAdvanced: [{ name: dockerHost.network.name }],
    ports: plan.ports.map((port) => ({ internal: port, external: port })),
    // Bind mounts, not `volumes`: Docker makes a missing folder for the latter, and data would land on the system disk.
    mounts: plan.mounts.map(({ source, target, readOnly = false, follow = false }) => ({
      type: "bind", target, readOnly, ...(follow ? { bindOptions: { propagation: "rslave" } } : {}), source: source.startsWith("/") ? source : pulumi.interpolate`${dataPath}/${source}`,
    })),
    uploads: plan.files.map((file) => ({ file: file.path, permissions: "0444", content: pulumi.all([secrets.databasePassword, secrets.redisPassword]).apply(([databasePassword, redisPassword]) => file.content({ databasePassword, redisPassword })) })),
    healthcheck: { tests: ["CMD", ...plan.probe], interval: "30s", timeout: "5s", startPeriod: "30s", retries: 3 },
    memory: plan.memoryMegabytes,
    // No swap beyond it; and Docker refuses to raise the one alone.
    memorySwap: plan.memoryMegabytes,
    restart: "unless-stopped",
    // Time to stop in order; without it the provider kills at once.
    destroyGraceSeconds: plan.stopSeconds,
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
    labels: [{ label: "etage.service", value: plan.name }],
  };
}
