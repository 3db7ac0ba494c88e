/** Firewalls: rules, and the servers they apply to, directly or by label selector. The machines enforce them. */
import { z } from "zod";
import { actionRoutes, actionView } from "./action-routes.ts";
import { changeNamed, checkUnique, need, type Cloud } from "./cloud.ts";
import { ApiError } from "./errors.ts";
import { creation, rules, targets } from "./firewall-input.ts";
import { covers, firewallsOf, sameTarget } from "./firewall-rules.ts";
import * as input from "./input.ts";
import { parseSelector } from "./labels.ts";
import { applyFirewalls, hasPublicNet } from "./machine.ts";
import { list } from "./pagination.ts";
import type { ActionRecord, AppliedTo, FirewallRecord, ServerRecord } from "./records.ts";
import { created, get, gone, ok, post, put, remove, type Route } from "./routes.ts";

const mostPerServer = 5;

const serversUnder = (cloud: Cloud, targets: readonly AppliedTo[]): ServerRecord[] =>
  cloud.store.all("server").filter((server) => hasPublicNet(cloud, server.id) && targets.some((target) => covers(target, server)));

export function firewallView(cloud: Cloud, firewall: FirewallRecord): object {
  const { id, name, labels, rules: own } = firewall;
  const applied_to = firewall.appliedTo.map((target) =>
    target.type === "server"
      ? target
      : { ...target, applied_to_resources: serversUnder(cloud, [target]).map((server) => ({ type: "server", server: { id: server.id } })) },
  );
  return { id, name, labels, created: firewall.created, rules: own, applied_to };
}

/** 422 when one more firewall is too much for the server. */
export function checkFirewallRoom(cloud: Cloud, server: Pick<ServerRecord, "id" | "labels">, more: number): void {
  const count = firewallsOf(cloud.store.all("firewall"), server).length + more;
  if (count > mostPerServer) throw new ApiError("resource_limit_exceeded", `a server can have at most ${mostPerServer} firewalls`);
}

function checkTargets(cloud: Cloud, firewall: FirewallRecord | undefined, wanted: AppliedTo[]): void {
  for (const [index, target] of wanted.entries()) {
    if (wanted.findIndex((other) => sameTarget(other, target)) !== index) throw new ApiError("server_already_added", "a resource is named more than once");
    if (firewall?.appliedTo.some((other) => sameTarget(other, target))) throw new ApiError("firewall_already_applied", "firewall is already applied to the resource");
    if (target.type === "label_selector") {
      parseSelector(target.label_selector.selector, `apply_to.${index}.label_selector.selector`);
      continue;
    }
    const server = cloud.store.find("server", target.server.id);
    if (!server) throw new ApiError("firewall_resource_not_found", `server with ID '${target.server.id}' not found`);
    if (!hasPublicNet(cloud, server.id)) throw new ApiError("private_net_only_server", "the server has no public interface");
    checkFirewallRoom(cloud, server, 1);
  }
}

const apply = (cloud: Cloud, firewall: number, server: number, command: string): ActionRecord =>
  cloud.actions.start({
    command,
    resources: [{ type: "firewall", id: firewall }, { type: "server", id: server }],
    locks: false,
    work: () => applyFirewalls(cloud, server),
  });

/** Adds targets and starts enforcing; `wanted` was checked. A selector's action carries no server when nothing matches yet. */
export function applyTo(cloud: Cloud, firewall: FirewallRecord, wanted: AppliedTo[]): ActionRecord[] {
  cloud.store.change("firewall", firewall.id, { appliedTo: [...firewall.appliedTo, ...wanted] });
  return actionsFor(cloud, firewall.id, wanted, "apply_firewall");
}

function actionsFor(cloud: Cloud, firewall: number, targets: AppliedTo[], command: string): ActionRecord[] {
  return targets.flatMap((target) => {
    const servers = serversUnder(cloud, [target]);
    if (servers.length === 0) return [cloud.actions.done(command, [{ type: "firewall", id: firewall }])];
    return servers.map((server) => apply(cloud, firewall, server.id, command));
  });
}

function removeFrom(cloud: Cloud, firewall: FirewallRecord, unwanted: AppliedTo[]): ActionRecord[] {
  for (const target of unwanted) {
    if (target.type === "label_selector" || firewall.appliedTo.some((other) => sameTarget(other, target))) continue;
    const server = cloud.store.find("server", target.server.id);
    if (!server) throw new ApiError("firewall_resource_not_found", `server with ID '${target.server.id}' not found`);
    if (firewall.appliedTo.some((other) => covers(other, server))) {
      throw new ApiError("firewall_managed_by_label_selector", "firewall is applied by a label selector and can't be removed by hand");
    }
  }
  cloud.store.change("firewall", firewall.id, { appliedTo: firewall.appliedTo.filter((target) => !unwanted.some((other) => sameTarget(other, target))) });
  return actionsFor(cloud, firewall.id, unwanted, "remove_firewall");
}

function setRules(cloud: Cloud, firewall: FirewallRecord, wanted: FirewallRecord["rules"]): ActionRecord[] {
  cloud.store.change("firewall", firewall.id, { rules: wanted });
  const first = cloud.actions.done("set_firewall_rules", [{ type: "firewall", id: firewall.id }]);
  return [first, ...serversUnder(cloud, firewall.appliedTo).map((server) => apply(cloud, firewall.id, server.id, "apply_firewall"))];
}

export function firewallRoutes(cloud: Cloud): Route[] {
  const one = (id: number) => need(cloud, "firewall", id);
  const view = (firewall: FirewallRecord) => firewallView(cloud, firewall);
  const answer = (actions: ActionRecord[]) => created({ actions: actions.map(actionView) });
  return [
    get("/firewalls", (call) =>
      list(call, {
        key: "firewalls",
        records: cloud.store.all("firewall"),
        view,
        sortable: { id: (firewall) => firewall.id, name: (firewall) => firewall.name, created: (firewall) => firewall.created },
        filters: { name: (firewall) => firewall.name },
        labels: (firewall) => firewall.labels,
      }),
    ),
    get("/firewalls/:id", (call) => ok({ firewall: view(one(call.id)) })),
    post("/firewalls", (call) => {
      const { name, labels, rules: wanted, apply_to } = input.parse(creation, call.body);
      checkUnique(cloud, "firewall", name);
      checkTargets(cloud, undefined, apply_to ?? []);
      const firewall = cloud.store.insert("firewall", { name, labels: labels ?? {}, created: new Date().toISOString(), rules: wanted ?? [], appliedTo: [] });
      const first = cloud.actions.done("set_firewall_rules", [{ type: "firewall", id: firewall.id }]);
      const actions = [first, ...applyTo(cloud, firewall, apply_to ?? [])];
      return created({ firewall: view(one(firewall.id)), actions: actions.map(actionView) });
    }),
    put("/firewalls/:id", (call) => ok({ firewall: view(changeNamed(cloud, "firewall", call.id, input.parse(input.change, call.body))) })),
    remove("/firewalls/:id", (call) => {
      if (one(call.id).appliedTo.length > 0) throw new ApiError("resource_in_use", `firewall with ID '${call.id}' is still in use`);
      cloud.store.remove("firewall", call.id);
      return gone;
    }),
    post("/firewalls/:id/actions/set_rules", (call) => answer(setRules(cloud, one(call.id), input.parse(z.object({ rules }), call.body).rules))),
    post("/firewalls/:id/actions/apply_to_resources", (call) => {
      const wanted = input.parse(z.object({ apply_to: targets }), call.body).apply_to;
      checkTargets(cloud, one(call.id), wanted);
      return answer(applyTo(cloud, one(call.id), wanted));
    }),
    post("/firewalls/:id/actions/remove_from_resources", (call) =>
      answer(removeFrom(cloud, one(call.id), input.parse(z.object({ remove_from: targets }), call.body).remove_from)),
    ),
    ...actionRoutes(cloud, "/firewalls", "firewall", (id) => cloud.store.find("firewall", id) !== undefined),
  ];
}
