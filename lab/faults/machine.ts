/** What can be done to a server from outside, so that it looks like trouble from inside. */
export const machineFaults = ["freeze", "thaw", "kill", "start", "cut", "mend", "fill", "empty", "starve", "feed"] as const;
export type MachineFault = (typeof machineFaults)[number];

/** And to the registry that all hosts pull from. */
export const registryFaults = ["stop", "start"] as const;
export type RegistryFault = (typeof registryFaults)[number];

/** And to the object store that backups go to. */
export const storageFaults = ["break", "fill", "mend"] as const;
export type StorageFault = (typeof storageFaults)[number];
