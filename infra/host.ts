/** A host: the machine, its place in network and DNS, and the services on it. */
import * as pulumi from "@pulumi/pulumi";
import type { Host as HostModel } from "../model/fleet.ts";
import { dockerNetwork } from "../model/names.ts";
import { fingerprint, type Outputs, type Secrets } from "../model/outputs.ts";
import type { Hosting } from "../model/schema.ts";
import { Certificate } from "./certificate.ts";
import { cloudInit, LOGIN_USER } from "./cloud-init.ts";
import { dnsPlan, namesInZones, zonesOf } from "./dns-plan.ts";
import { Dns } from "./dns.ts";
import { DockerHost } from "./docker-host.ts";
import { Firewall } from "./firewall.ts";
import { newKeyPair } from "./openssh-key.ts";
import type { OperatorKey } from "./operators-plan.ts";
import { registryLogin } from "./registry-login.ts";
import { kept } from "./secrets.ts";
import { Server } from "./server.ts";
import { Services } from "./services.ts";
import { Volume } from "./volume.ts";

export interface HostArgs {
  host: HostModel;
  platform: Hosting;
  /** Who may log in. */
  operators: readonly OperatorKey[];
  sshKeyIds: pulumi.Input<string[]>;
  networkId: pulumi.Input<string>;
  /** Cloudflare's ids of the zones that the host's names lie in, by zone. */
  zoneIds: ReadonlyMap<string, string>;
  /** Address ranges of Cloudflare, the only ones that may reach the proxy; absent when names don't lead through it. */
  edges?: pulumi.Input<string[]>;
  /** Refuse to delete what holds data. */
  protect: boolean;
}

/** Secrets are secret outputs. */
type Exports = { [key in keyof (Outputs & Secrets)]: pulumi.Input<(Outputs & Secrets)[key]> };

export class Host extends pulumi.ComponentResource {
  /** What the stack exports. */
  readonly outputs: Exports;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Host", name, {}, opts);
    const { host, platform, protect } = args;
    const labels = { platform: platform.name, host: host.name, tier: host.tier };
    const parent = { parent: this };

    // Made before the host: the first connection to it is pinned already.
    const hostKey = kept(`${name}-host-key`, newKeyPair(), parent);
    const publicHostKey = pulumi.unsecret(hostKey.publicKey);
    // Kept as well, and not by `ignoreChanges`: the provider has only a hash of it in the state, and takes that for the new text.
    const userData = kept(`${name}-user-data`, hostKey.apply((key) => cloudInit({
      operatorKeys: args.operators.map((operator) => operator.publicKey), hostKey: key, backup: platform.backup !== undefined,
    })), parent);
    const { firewallId } = new Firewall(name, { platform: platform.name, host: host.name, labels, edges: args.edges }, parent);
    const server = new Server(name, {
      platform: platform.name, host: host.name, labels,
      serverType: host.serverType, location: host.location, image: platform.image,
      userData, sshKeyIds: args.sshKeyIds, firewallId, networkId: args.networkId, protect,
    }, parent);
    const { dataPath, attachment } = new Volume(name, {
      platform: platform.name, host: host.name, labels, gigabytes: host.volumeGigabytes, location: host.location, server, protect,
    }, parent);
    const dockerHost = new DockerHost(name, {
      host: host.name, address: server.address, hostKey: publicHostKey, dataPath, network: dockerNetwork, machine: server, machineId: server.serverId, login: registryLogin(platform, host.services), dependsOn: [attachment],
    }, parent);
    const services = new Services(name, { services: host.services, archive: platform.backup && { stanza: host.name, path: platform.backup.store.path }, dockerHost, dataPath, machine: server, machineId: server.serverId }, parent);

    const named = namesInZones(host.hostnames, zonesOf(platform)).records.map((record) => record.name);
    // There is no certificate without a name; a shared host that is empty has what its next customer will be called.
    const certified = named.length > 0 ? named : [`*.${platform.domain}`];
    const certificate = new Certificate(name, { hostnames: certified }, parent);
    new Dns(name, { records: dnsPlan(host, platform).records, zoneIds: args.zoneIds, address: server.address, proxied: platform.proxied }, parent);

    const secrets = { databaseUrl: services.databaseUrl, redisUrl: services.redisUrl, certificateKey: certificate.privateKey };
    this.outputs = {
      host: host.name,
      address: server.address,
      privateAddress: server.privateAddress,
      user: LOGIN_USER,
      hostKey: publicHostKey,
      dataPath,
      network: dockerNetwork,
      services: services.names,
      hostnames: certified,
      certificate: certificate.certificate,
      database: services.database,
      fingerprints: pulumi.unsecret(pulumi.output(secrets).apply(({ databaseUrl, redisUrl, certificateKey }) => (
        { databaseUrl: fingerprint(databaseUrl), redisUrl: fingerprint(redisUrl), certificateKey: fingerprint(certificateKey) }))),
      ...secrets,
    };
    this.registerOutputs(this.outputs);
  }
}
