/** From a stack's name to its host. */
import * as pulumi from "@pulumi/pulumi";
import type { Fleet, Host } from "../model/fleet.ts";
import { didYouMean } from "../model/nearest.ts";

/** The host that stack `name` is for. @throws RunError that lists the names there are. */
export function hostOf(fleet: Fleet, name: string): Host {
  const host = fleet.host(name);
  if (!host) throw new pulumi.RunError(unknown(fleet, name));
  return host;
}

function unknown(fleet: Fleet, name: string): string {
  const names = fleet.hosts.map((host) => host.name);
  const onShared = fleet.customer(name);
  const why = onShared
    ? `Customer ${name} is in a shared tier and lives on host ${onShared.host.name}; its stack is ${onShared.host.name}.`
    : didYouMean(name, names) ?? "A dedicated customer gets its stack by being in customers.yaml.";
  return `Stack ${name}: there is no host of this name. ${why.replace(/^d/, "D")} Stacks: ${names.join(", ")}. Nothing was changed`;
}
