/** Changes of what a server is: image, type, protection, group, backups. */
import { z } from "zod";
import { imageFor, checkPlacement, orderableType, userData } from "./server-create.ts";
import { serverTypes } from "./catalog/catalog.ts";
import { checkUnprotected, type Cloud } from "./cloud.ts";
import { ApiError } from "./errors.ts";
import * as input from "./input.ts";
import { completeMachine, powerOn, specOf } from "./machine.ts";
import { checkRoom } from "./placement-groups.ts";
import type { ActionRecord, ServerRecord } from "./records.ts";
import { withStatus } from "./server-power.ts";

export type Change = (cloud: Cloud, server: ServerRecord, body: unknown) => ActionRecord;

const typeOf = (server: ServerRecord) => serverTypes.find((type) => type.id === server.serverType)!;
const done = (cloud: Cloud, server: ServerRecord, command: string) => cloud.actions.done(command, [{ type: "server", id: server.id }]);

function checkStopped(server: ServerRecord): void {
  if (server.status !== "off") throw new ApiError("server_not_stopped", "the server must be powered off");
}

const rebuild: Change = (cloud, server, body) => {
  const wanted = input.parse(z.object({ image: input.idOrName, user_data: userData.nullish() }), body);
  checkUnprotected(server.protection.rebuild, "server rebuild");
  const image = imageFor(wanted.image, typeOf(server).architecture);
  cloud.store.change("server", server.id, { image: image.id, status: "rebuilding", ...(wanted.user_data != null && { userData: wanted.user_data }) });
  return withStatus(cloud, server.id, "rebuild_server", async () => {
    const record = cloud.store.find("server", server.id)!;
    if ((await cloud.machines.state(server.id)) === "missing") return powerOn(cloud, server.id);
    await cloud.machines.rebuild(specOf(record));
    await powerOn(cloud, server.id);
    await completeMachine(cloud, server.id);
  });
};

const changeType: Change = (cloud, server, body) => {
  const wanted = input.parse(z.object({ server_type: input.idOrName, upgrade_disk: input.flag }), body);
  const before = typeOf(server);
  const type = orderableType(wanted.server_type, server.location);
  const unfit = (why: string) => new ApiError("invalid_server_type", `server type ${type.name} ${why}`);
  if (type.id === before.id) throw unfit("is the server's type already");
  if (type.architecture !== before.architecture) throw unfit("has another architecture");
  if (type.disk < server.primaryDiskSize) throw unfit("has a smaller disk");
  checkStopped(server);
  checkPlacement(cloud, type.name, server.location);
  cloud.store.change("server", server.id, { status: "migrating" });
  return withStatus(cloud, server.id, "change_server_type", async () => {
    const primaryDiskSize = wanted.upgrade_disk ? type.disk : server.primaryDiskSize;
    const changed = { ...cloud.store.find("server", server.id)!, serverType: type.id, primaryDiskSize };
    if ((await cloud.machines.state(server.id)) !== "missing") await cloud.machines.resize(specOf(changed));
    cloud.store.change("server", server.id, { serverType: type.id, primaryDiskSize });
  });
};

const changeProtection: Change = (cloud, server, body) => {
  const wanted = input.parse(z.object({ delete: input.flag.nullish(), rebuild: input.flag.nullish() }), body);
  const protection = { delete: wanted.delete ?? server.protection.delete, rebuild: wanted.rebuild ?? server.protection.rebuild };
  if (protection.delete !== protection.rebuild) throw new ApiError("invalid_input", "delete and rebuild protection must be the same", { fields: ["delete", "rebuild"].map((name) => ({ name, messages: ["must be the same"] })) });
  cloud.store.change("server", server.id, { protection });
  return done(cloud, server, "change_protection");
};

const addToGroup: Change = (cloud, server, body) => {
  const { placement_group: group } = input.parse(z.object({ placement_group: input.id }), body);
  checkStopped(server);
  if (server.placementGroup !== null) throw new ApiError("service_error", "the server is in a placement group already");
  checkRoom(cloud, group);
  cloud.store.change("server", server.id, { placementGroup: group });
  return done(cloud, server, "add_to_placement_group");
};

const removeFromGroup: Change = (cloud, server) => {
  if (server.placementGroup === null) throw new ApiError("service_error", "the server is in no placement group");
  cloud.store.change("server", server.id, { placementGroup: null });
  return done(cloud, server, "remove_from_placement_group");
};

/** The window is kept and shown; the lab takes no backups. */
const backups = (command: string, backupWindow: string | null): Change => (cloud, server) => {
  cloud.store.change("server", server.id, { backupWindow });
  return done(cloud, server, command);
};

/** What the lab's machines can't do is refused, never pretended. */
const unsupported = (what: string): Change => () => {
  throw new ApiError("unsupported_error", `the lab has no ${what}`);
};

/** The verbs below /servers/{id}/actions that change one server. */
export const changes: Record<string, Change> = {
  rebuild,
  change_type: changeType,
  change_protection: changeProtection,
  add_to_placement_group: addToGroup,
  remove_from_placement_group: removeFromGroup,
  enable_backup: backups("enable_backup", "22-02"),
  disable_backup: backups("disable_backup", null),
  disable_rescue: (cloud, server) => done(cloud, server, "disable_rescue"),
  detach_iso: (cloud, server) => done(cloud, server, "detach_iso"),
  enable_rescue: unsupported("rescue system"),
  attach_iso: unsupported("ISO drive"),
  create_image: unsupported("snapshots"),
  reset_password: unsupported("agent that could set a password"),
  request_console: unsupported("console; use SSH"),
};
