/** Read-only resources: locations, server types, ISOs, pricing, the retired datacenters, and kinds of which the lab has none. */
import { ApiError, notFound } from "../errors.ts";
import { list } from "../pagination.ts";
import { get, ok, type Route } from "../routes.ts";
import { isos, isUnavailable, locations, salesLocations, serverTypes, type Location, type ServerType } from "./catalog.ts";
import { pricing, typePrices } from "./prices.ts";

/** A server type as the API shows it. Availability and deprecation stand with each location since 2025-09-24. */
export function serverTypeView(type: ServerType): object {
  const { deprecation = null, ...fields } = type;
  const available = !isUnavailable(type, new Date());
  return {
    ...fields,
    description: type.name.toUpperCase(),
    storage_type: "local",
    deprecated: deprecation !== null,
    deprecation,
    prices: typePrices(type),
    locations: salesLocations.map(({ id, name }) => ({ id, name, deprecation, available, recommended: available && deprecation === null })),
  };
}

const datacentersGone = () => {
  throw new ApiError("deprecated_api_endpoint", "datacenters are no longer part of this API since 1 October 2026, use locations");
};

/** Kinds that the lab does not offer: empty lists keep clients' listings working. */
const absent = ["floating_ips", "load_balancers", "load_balancer_types", "certificates", "zones"];

export function catalogRoutes(): Route[] {
  const byName = { name: (entry: { name: string }) => entry.name };
  return [
    ...readable<Location>("/locations", "location", locations, (location) => location),
    ...readable<ServerType>("/server_types", "server_type", serverTypes, serverTypeView),
    ...readable("/isos", "iso", isos, (iso) => iso),
    get("/pricing", () => ok({ pricing: pricing(serverTypes) })),
    get("/datacenters", datacentersGone),
    get("/datacenters/:id", datacentersGone),
    ...absent.map((key) => get(`/${key}`, (call) => list(call, { key, records: [], view: (record) => record, filters: byName }))),
    ...absent.map((key) => get(`/${key}/:id`, (call) => { throw notFound(key.replace(/s$/, ""), call.id); })),
  ];
}

function readable<T extends { id: number; name: string }>(path: string, key: string, entries: readonly T[], view: (entry: T) => object): Route[] {
  const filters = { name: (entry: T) => entry.name, architecture: (entry: T) => String((entry as { architecture?: string }).architecture) };
  const sortable = { id: (entry: T) => entry.id, name: (entry: T) => entry.name };
  return [
    get(path, (call) => list(call, { key: path.slice(1), records: entries, view, filters, sortable })),
    get(`${path}/:id`, (call) => {
      const entry = entries.find(({ id }) => id === call.id);
      if (!entry) throw notFound(key, call.id);
      return ok({ [key]: view(entry) });
    }),
  ];
}
