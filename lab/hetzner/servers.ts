/** Routes of servers. */
import { z } from "zod";
import { actionRoutes, actionView } from "./action-routes.ts";
import { changeNamed, checkUnlocked, need, type Cloud } from "./cloud.ts";
import * as input from "./input.ts";
import { applyFirewalls } from "./machine.ts";
import { observe, observeAll } from "./observe.ts";
import { list } from "./pagination.ts";
import { changeDnsPtr } from "./primary-ips.ts";
import type { ServerRecord } from "./records.ts";
import { created, get, ok, post, put, remove, type Call, type Route } from "./routes.ts";
import { changes, type Change } from "./server-change.ts";
import { createServer } from "./server-create.ts";
import { deleteServer } from "./server-delete.ts";
import { metrics } from "./server-metrics.ts";
import { aliases, attachment, attachToNetwork, changeAliases, detachFromNetwork } from "./server-networks.ts";
import { power, powerVerbs } from "./server-power.ts";
import { serverView } from "./server-view.ts";

const networkChanges: Record<string, Change> = {
  attach_to_network: (cloud, server, body) => attachToNetwork(cloud, server.id, input.parse(attachment, body)),
  detach_from_network: (cloud, server, body) => detachFromNetwork(cloud, server.id, input.parse(z.object({ network: input.id }), body).network),
  change_alias_ips: (cloud, server, body) => changeAliases(cloud, server.id, input.parse(aliases, body)),
};

const changePointer: Change = (cloud, server, body) => {
  changeDnsPtr(cloud, cloud.store.all("primary_ip").filter((ip) => ip.assignee === server.id), body);
  return cloud.actions.done("change_dns_ptr", [{ type: "server", id: server.id }]);
};

export function serverRoutes(cloud: Cloud): Route[] {
  const one = (id: number) => need(cloud, "server", id);
  const view = (server: ServerRecord) => serverView(cloud, server);
  const prepare = (call: Call) => observe(cloud, [call.id]);

  const action = (verb: string, work: Change): Route => ({
    ...post(`/servers/:id/actions/${verb}`, (call) => {
      const server = one(call.id);
      checkUnlocked(cloud, "server", server.id);
      return created({ action: actionView(work(cloud, server, call.body)) });
    }),
    prepare,
  });

  return [
    {
      ...get("/servers", (call) =>
        list(call, {
          key: "servers",
          records: cloud.store.all("server"),
          view,
          sortable: { id: (server) => server.id, name: (server) => server.name, created: (server) => server.created },
          filters: { name: (server) => server.name, status: (server) => server.status },
          labels: (server) => server.labels,
        }),
      ),
      prepare: () => observeAll(cloud),
    },
    { ...get("/servers/:id", (call) => ok({ server: view(one(call.id)) })), prepare },
    get("/servers/:id/metrics", (call) => {
      one(call.id);
      return ok({ metrics: metrics(call.query) });
    }),
    post("/servers", (call) => created(createServer(cloud, call.body))),
    put("/servers/:id", (call) => ok({ server: view(update(cloud, call)) })),
    remove("/servers/:id", (call) => ok({ action: actionView(deleteServer(cloud, one(call.id))) })),
    ...Object.keys(powerVerbs).map((verb) => action(verb, (_, server) => power(cloud, server, verb))),
    ...Object.entries({ ...changes, ...networkChanges, change_dns_ptr: changePointer }).map(([verb, work]) => action(verb, work)),
    ...actionRoutes(cloud, "/servers", "server", (id) => cloud.store.find("server", id) !== undefined),
  ];
}

function update(cloud: Cloud, call: Call): ServerRecord {
  const wanted = input.parse(input.change.extend({ name: input.hostname.nullish() }), call.body);
  const server = changeNamed(cloud, "server", call.id, wanted);
  // Labels decide which firewalls apply by selector.
  if (wanted.labels) cloud.actions.background([{ type: "server", id: call.id }], `firewalls of server ${call.id}`, () => applyFirewalls(cloud, call.id));
  return server;
}
