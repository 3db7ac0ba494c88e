/**
 * Hetzner's server types and locations as of a date, so that `deploy check` can judge the files without an account.
 * What is orderable at this moment, only the API knows; infra asks it. When the table is behind, add to it: an unknown
 * type is a fault, since a misspelt one would otherwise be found half-way through `pulumi up`.
 */
export const CATALOG_DATE = "2026-09-03";

export interface ServerType {
  cores: number;
  memoryGigabytes: number;
  diskGigabytes: number;
  architecture: "x86" | "arm";
  /** Cores of one's own, or shared with neighbours. */
  cpu: "shared" | "dedicated";
  /** Where it is sold. */
  locations: readonly Location[];
  /** Not to be ordered any more, and since when; existing servers go on. */
  deprecated?: { since: string; successor: string };
}

export type Location = keyof typeof LOCATIONS;

/** Locations with the network zone that a private network's subnet must be in. */
export const LOCATIONS = {
  fsn1: { city: "Falkenstein", zone: "eu-central" },
  nbg1: { city: "Nuremberg", zone: "eu-central" },
  hel1: { city: "Helsinki", zone: "eu-central" },
  ash: { city: "Ashburn", zone: "us-east" },
  hil: { city: "Hillsboro", zone: "us-west" },
  sin: { city: "Singapore", zone: "ap-southeast" },
} as const;

const EUROPE: readonly Location[] = ["fsn1", "nbg1", "hel1"];
const EVERYWHERE: readonly Location[] = ["fsn1", "nbg1", "hel1", "ash", "hil", "sin"];
const OVERSEAS: readonly Location[] = ["ash", "hil", "sin"];

/** Cost-optimised and regular types are sold in Europe only, dedicated cores everywhere; cpx11 to cpx51 remain overseas. */
export const SERVER_TYPES: Readonly<Record<string, ServerType>> = {
  ...types("x86", "shared", EUROPE, { cx23: [2, 4, 40], cx33: [4, 8, 80], cx43: [8, 16, 160], cx53: [16, 32, 320] }),
  ...types("arm", "shared", EUROPE, { cax11: [2, 4, 40], cax21: [4, 8, 80], cax31: [8, 16, 160], cax41: [16, 32, 320] }),
  ...types("x86", "shared", EUROPE, {
    cpx12: [1, 2, 40], cpx22: [2, 4, 80], cpx32: [4, 8, 160], cpx42: [8, 16, 320], cpx52: [12, 24, 480], cpx62: [16, 32, 640],
  }),
  ...types("x86", "shared", OVERSEAS, { cpx11: [2, 2, 40], cpx21: [3, 4, 80], cpx31: [4, 8, 160], cpx41: [8, 16, 240], cpx51: [16, 32, 360] }),
  ...types("x86", "dedicated", EVERYWHERE, {
    ccx13: [2, 8, 80], ccx23: [4, 16, 160], ccx33: [8, 32, 240], ccx43: [16, 64, 360], ccx53: [32, 128, 600], ccx63: [48, 192, 960],
  }),
  // Deprecated on 2025-10-16 (Hetzner changelog).
  ...deprecated({ cx22: [2, 4, 40, "cx23"], cx32: [4, 8, 80, "cx33"], cx42: [8, 16, 160, "cx43"], cx52: [16, 32, 320, "cx53"] }),
};

type Size = readonly [cores: number, memoryGigabytes: number, diskGigabytes: number];

function types(architecture: "x86" | "arm", cpu: "shared" | "dedicated", locations: readonly Location[], sizes: Record<string, Size>): Record<string, ServerType> {
  return Object.fromEntries(Object.entries(sizes).map(([name, [cores, memoryGigabytes, diskGigabytes]]) =>
    [name, { cores, memoryGigabytes, diskGigabytes, architecture, cpu, locations }]));
}

function deprecated(sizes: Record<string, readonly [...Size, successor: string]>): Record<string, ServerType> {
  return Object.fromEntries(Object.entries(sizes).map(([name, [cores, memoryGigabytes, diskGigabytes, successor]]) =>
    [name, { cores, memoryGigabytes, diskGigabytes, architecture: "x86", cpu: "shared", locations: EUROPE, deprecated: { since: "2025-10-16", successor } }]));
}

/** A server type by name; undefined when the table does not have it. */
export function serverType(name: string): ServerType | undefined {
  return Object.hasOwn(SERVER_TYPES, name) ? SERVER_TYPES[name] : undefined;
}

/** What a server of this type runs, by the name that container images use. */
export const architectureOf = (name: string): "amd64" | "arm64" => serverType(name)?.architecture === "arm" ? "arm64" : "amd64";

/** Whether the table has a location of this name. */
export function isLocation(name: string): name is Location {
  return Object.hasOwn(LOCATIONS, name);
}
