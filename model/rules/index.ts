/** All rules, in the order of docs/configuration.md. Each is pure and finds each fault once. */
import { backupHeartbeat, backupKeep, backupStore, backupVariables } from "./backup.ts";
import { adviceBounds, sharedCapacity } from "./budgets.ts";
import { recordCount, storageFits } from "./capacity.ts";
import type { Rule } from "./draft.ts";
import { distinctZones, hostnameDepth, hostnameInZone, nestedZones, reservedHostnames, uniqueHostnames } from "./hostnames.ts";
import { currentServerType, knownLocation, knownServerType, locationInNetworkZone, soldInLocation } from "./machines.ts";
import { notifyAddress, notifySecret } from "./notify.ts";
import { distinctOperators, knownCurrency, privateNetwork, reservedEnvironment, secretInEnvironment, wholePublicKey } from "./platform.ts";
import { dayOfErasure, mailForCustomers } from "./retention.ts";
import { distinctRings, knownRings } from "./rings.ts";
import { canaryHostnames, failureBudget, knownCanary, meantBudget, steadyGate, workerStop } from "./rollout.ts";
import { imageReference, memoryFits, movingTag } from "./services.ts";
import { reservedSlugs, uniqueSlugs } from "./slugs.ts";
import { aSharedTier, knownTier, placementKeys, sharedHostName } from "./tiers.ts";
import { knownTimeZone, windowDays, windowLength } from "./windows.ts";

export const rules: readonly Rule[] = [
  aSharedTier, knownTier, placementKeys, sharedHostName,
  uniqueSlugs, reservedSlugs,
  uniqueHostnames, reservedHostnames, hostnameInZone, hostnameDepth, distinctZones, nestedZones,
  knownServerType, currentServerType, knownLocation, soldInLocation, locationInNetworkZone, privateNetwork,
  imageReference, movingTag, memoryFits, storageFits, recordCount, sharedCapacity, adviceBounds,
  windowLength, windowDays, knownTimeZone,
  knownRings, distinctRings, knownCanary, canaryHostnames, failureBudget, meantBudget, steadyGate, workerStop,
  distinctOperators, wholePublicKey, reservedEnvironment, secretInEnvironment, notifyAddress, notifySecret, knownCurrency,
  backupStore, backupKeep, backupVariables, backupHeartbeat,
  dayOfErasure, mailForCustomers,
];
