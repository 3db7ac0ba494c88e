/** The ways to read actions: all by id, and per kind of resource and per resource. */
import type { Cloud } from "./cloud.ts";
import { need } from "./cloud.ts";
import { invalid, notFound } from "./errors.ts";
import { list } from "./pagination.ts";
import type { ActionRecord, Kind } from "./records.ts";
import { get, ok, type Call, type Route } from "./routes.ts";

export const actionView = (action: ActionRecord): object => action;

const listing = (call: Call, records: ActionRecord[], paged = true) =>
  list(call, {
    key: "actions",
    records,
    paged,
    view: actionView,
    sortable: {
      id: (action) => action.id,
      command: (action) => action.command,
      status: (action) => action.status,
      started: (action) => action.started,
      finished: (action) => action.finished,
    },
    filters: { id: (action) => String(action.id), status: (action) => action.status },
  });

export function allActionRoutes(cloud: Cloud): Route[] {
  return [
    get("/actions", (call) => {
      // Required by the real API since 2025-01-30; asking for everything is refused.
      const ids = call.query.getAll("id");
      if (ids.length === 0) throw invalid("id", "is required");
      return listing(call, ids.flatMap((id) => cloud.store.find("action", Number(id)) ?? []), false);
    }),
    get("/actions/:id", (call) => ok({ action: actionView(need(cloud, "action", call.id)) })),
  ];
}

/** The four read routes below a resource; `exists` tells whether a resource of this kind has the id. */
export function actionRoutes(cloud: Cloud, path: string, kind: Kind | "image", exists: (id: number) => boolean): Route[] {
  const of = (id?: number) =>
    cloud.store.all("action").filter((action) => action.resources.some((resource) => resource.type === kind && (id === undefined || resource.id === id)));
  const one = (id: number, within: ActionRecord[]) => {
    const action = within.find((candidate) => candidate.id === id);
    if (!action) throw notFound("action", id);
    return ok({ action: actionView(action) });
  };
  const owned = (id: number) => {
    if (!exists(id)) throw notFound(kind, id);
    return of(id);
  };
  return [
    get(`${path}/actions`, (call) => listing(call, of())),
    get(`${path}/actions/:id`, (call) => one(call.id, of())),
    get(`${path}/:id/actions`, (call) => listing(call, owned(call.id))),
    get(`${path}/:id/actions/:action_id`, (call) => one(call.actionId, owned(call.id))),
  ];
}
