/** What can be done to a server from outside, so that it looks like trouble from inside. */
export const machineFaults = ["freeze", "thaw", "kill", "cut", "mend"] as const;
export type MachineFault = (typeof machineFaults)[number];
