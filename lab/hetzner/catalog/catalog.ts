/** What Hetzner sells, from data files: locations, server types, images, ISOs. */
import imageData from "./images.json" with { type: "json" };
import isoData from "./isos.json" with { type: "json" };
import locationData from "./locations.json" with { type: "json" };
import typeData from "./server-types.json" with { type: "json" };

export interface Location {
  id: number;
  name: string;
  description: string;
  country: string;
  city: string;
  latitude: number;
  longitude: number;
  network_zone: string;
}

export interface Deprecation {
  announced: string;
  unavailable_after: string;
}

export interface ServerType {
  id: number;
  name: string;
  category: string;
  cores: number;
  memory: number;
  disk: number;
  architecture: string;
  cpu_type: string;
  deprecation?: Deprecation;
}

export interface Image {
  id: number;
  name: string;
  description: string;
  type: string;
  os_flavor: string;
  os_version: string;
  architecture: string;
  created: string;
  disk_size: number;
}

export const locations: readonly Location[] = locationData;
export const serverTypes: readonly ServerType[] = typeData;
export const images: readonly Image[] = imageData;
export const isos = isoData;
export const networkZones: readonly string[] = [...new Set(locations.map((location) => location.network_zone))];

/** Server types are sold where their prices are known: in the EU. */
export const salesLocations: readonly Location[] = locations.filter((location) => location.network_zone === "eu-central");

type Entry = { id: number; name: string };

/** The entry an "ID or name" means. */
export function pick<T extends Entry>(entries: readonly T[], idOrName: string): T | undefined {
  return entries.find((entry) => String(entry.id) === idOrName) ?? entries.find((entry) => entry.name === idOrName);
}

export const locationNamed = (name: string): Location => locations.find((location) => location.name === name)!;
export const isUnavailable = (type: ServerType, at: Date): boolean => !!type.deprecation && new Date(type.deprecation.unavailable_after) <= at;
