/** All rules, in the order of docs/configuration.md. Each is pure and finds each fault once. */
import type { Rule } from "./draft.ts";
import { distinctZones, hostnameDepth, hostnameInZone, nestedZones, reservedHostnames, uniqueHostnames } from "./hostnames.ts";
import { currentServerType, knownLocation, knownServerType, locationInNetworkZone, soldInLocation } from "./machines.ts";
import { reservedSlugs, uniqueSlugs } from "./slugs.ts";
import { aSharedTier, knownTier, placementKeys, sharedHostName } from "./tiers.ts";

export const rules: readonly Rule[] = [
  aSharedTier, knownTier, placementKeys, sharedHostName,
  uniqueSlugs, reservedSlugs,
  uniqueHostnames, reservedHostnames, hostnameInZone, hostnameDepth, distinctZones, nestedZones,
  knownServerType, currentServerType, knownLocation, soldInLocation, locationInNetworkZone,
];
