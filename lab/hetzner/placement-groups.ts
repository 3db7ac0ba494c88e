/** Placement groups. One machine holds the whole lab, so a group keeps its rules (at most ten servers) but spreads nothing. */
import { z } from "zod";
import { changeNamed, checkUnique, need, type Cloud } from "./cloud.ts";
import { ApiError } from "./errors.ts";
import * as input from "./input.ts";
import { list } from "./pagination.ts";
import type { PlacementGroupRecord } from "./records.ts";
import { created, get, gone, ok, post, put, remove, type Route } from "./routes.ts";

const creation = z.object({ name: input.name, type: z.literal("spread"), labels: input.labels.nullish() });
const mostServers = 10;

const serversOf = (cloud: Cloud, group: number) => cloud.store.all("server").filter((server) => server.placementGroup === group);

export function placementGroupView(cloud: Cloud, group: PlacementGroupRecord): object {
  const { id, name, labels, type } = group;
  return { id, name, labels, type, created: group.created, servers: serversOf(cloud, id).map((server) => server.id) };
}

/** Throws placement_error when the group is full. */
export function checkRoom(cloud: Cloud, group: number): void {
  need(cloud, "placement_group", group);
  if (serversOf(cloud, group).length >= mostServers) throw new ApiError("placement_error", `the placement group holds ${mostServers} servers already`);
}

export function placementGroupRoutes(cloud: Cloud): Route[] {
  const view = (group: PlacementGroupRecord) => placementGroupView(cloud, group);
  return [
    get("/placement_groups", (call) =>
      list(call, {
        key: "placement_groups",
        records: cloud.store.all("placement_group"),
        view,
        sortable: { id: (group) => group.id, name: (group) => group.name, created: (group) => group.created },
        filters: { name: (group) => group.name, type: (group) => group.type },
        labels: (group) => group.labels,
      }),
    ),
    get("/placement_groups/:id", (call) => ok({ placement_group: view(need(cloud, "placement_group", call.id)) })),
    post("/placement_groups", (call) => {
      const { name, type, labels } = input.parse(creation, call.body);
      checkUnique(cloud, "placement_group", name);
      const group = cloud.store.insert("placement_group", { name, type, labels: labels ?? {}, created: new Date().toISOString() });
      return created({ placement_group: view(group), action: null });
    }),
    put("/placement_groups/:id", (call) => ok({ placement_group: view(changeNamed(cloud, "placement_group", call.id, input.parse(input.change, call.body))) })),
    remove("/placement_groups/:id", (call) => {
      need(cloud, "placement_group", call.id);
      for (const server of serversOf(cloud, call.id)) cloud.store.change("server", server.id, { placementGroup: null });
      cloud.store.remove("placement_group", call.id);
      return gone;
    }),
  ];
}
