/** The files a machine finds on its first boot: cloud-init's seed, and where the registry is. Pure. */
import type { MachineSpec } from "./types.ts";

interface Surroundings {
  /** host:port of the lab's registry, which is also its mirror of Docker Hub. */
  registry: string;
  /** PEM of the lab's authority. */
  authority: string;
  /** Tells cloud-init whether this disk has booted before. */
  instance: string;
}

export interface SeedFile {
  path: string;
  content: string;
  mode: number;
}

const seed = "var/lib/cloud/seed/nocloud";

export function seedFiles(spec: MachineSpec, { registry, authority, instance }: Surroundings): SeedFile[] {
  // JSON is YAML; no quoting to get wrong
  const metaData = { "instance-id": instance, "local-hostname": spec.name, "public-keys": spec.publicKeys };
  return [
    { path: `${seed}/meta-data`, content: `${JSON.stringify(metaData)}\n`, mode: 0o600 },
    { path: `${seed}/user-data`, content: spec.userData, mode: 0o600 },
    { path: "etc/default/docker", content: `DOCKER_OPTS="--registry-mirror=https://${registry}"\n`, mode: 0o644 },
    { path: `etc/docker/certs.d/${registry}/ca.crt`, content: authority, mode: 0o644 },
    { path: "usr/local/share/ca-certificates/etage-lab.crt", content: authority, mode: 0o644 },
  ];
}
