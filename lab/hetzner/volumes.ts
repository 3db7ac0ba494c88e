/** Volumes: block storage that outlives its server. */
import { z } from "zod";
import { actionRoutes, actionView } from "./action-routes.ts";
import { locationNamed, locations, pick } from "./catalog/catalog.ts";
import { changeNamed, checkUnique, checkUnlocked, checkUnprotected, need, type Cloud } from "./cloud.ts";
import { ApiError, invalid } from "./errors.ts";
import * as input from "./input.ts";
import { attachVolume } from "./machine.ts";
import { list } from "./pagination.ts";
import type { ActionRecord, VolumeRecord } from "./records.ts";
import { created, get, gone, ok, post, put, remove, type Route } from "./routes.ts";

const mostPerServer = 16;
const size = z.int().min(10, "is less than 10 GB").max(10_240, "is more than 10240 GB");
const creation = z.object({
  name: input.volumeName,
  size,
  server: input.id.nullish(),
  location: input.idOrName.nullish(),
  format: z.enum(["ext4", "xfs"]).nullish(),
  automount: input.flag.nullish(),
  labels: input.labels.nullish(),
});
const attachment = z.object({ server: input.id, automount: input.flag.nullish() });

export const volumeView = (volume: VolumeRecord): object => ({
  id: volume.id,
  name: volume.name,
  labels: volume.labels,
  created: volume.created,
  size: volume.size,
  server: volume.server,
  location: locationNamed(volume.location),
  linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`,
  format: volume.format,
  status: volume.status,
  protection: volume.protection,
});

/** Throws unless the volume can be attached to the server. */
export function checkAttachable(volume: Pick<VolumeRecord, "server" | "location" | "status">, location: string, attached: number): void {
  if (volume.server !== null) throw new ApiError("volume_already_attached", "volume is already attached to a server");
  // Its making failed: nothing is there to attach.
  if (volume.status !== "available") throw new ApiError("service_error", "volume is not available");
  if (volume.location !== location) throw invalid("server", "is in another location than the volume");
  if (attached >= mostPerServer) throw new ApiError("resource_limit_exceeded", `a server can have at most ${mostPerServer} volumes`);
}

export const volumesOf = (cloud: Cloud, server: number): VolumeRecord[] => cloud.store.all("volume").filter((volume) => volume.server === server);

const resourcesOf = (volume: number, server: number) => [{ type: "server", id: server }, { type: "volume", id: volume }];

/** Attaches a checked volume; when the machine refuses, the volume is free again. */
export function attach(cloud: Cloud, volume: number, server: number, automount: boolean): ActionRecord {
  cloud.store.change("volume", volume, { server, automount });
  return cloud.actions.start({
    command: "attach_volume",
    resources: resourcesOf(volume, server),
    work: () => attachVolume(cloud, server, volume, automount),
    failed: () => cloud.store.change("volume", volume, { server: null }),
  });
}

function detach(cloud: Cloud, volume: VolumeRecord): ActionRecord {
  if (volume.server === null) throw new ApiError("service_error", `volume with ID '${volume.id}' is not attached to a server`);
  checkUnlocked(cloud, "volume", volume.id);
  checkUnlocked(cloud, "server", volume.server);
  return cloud.actions.start({
    command: "detach_volume",
    resources: resourcesOf(volume.id, volume.server),
    work: async () => {
      await cloud.machines.detachVolume(volume.id);
      cloud.store.change("volume", volume.id, { server: null });
    },
  });
}

function create(cloud: Cloud, body: unknown): object {
  const wanted = input.parse(creation, body);
  checkUnique(cloud, "volume", wanted.name);
  const server = wanted.server != null ? need(cloud, "server", wanted.server) : undefined;
  if (!server && !wanted.location) throw invalid("location", "is required without a server");
  if (!server && wanted.automount) throw invalid("automount", "goes with a server only");
  const location = server?.location ?? pick(locations, wanted.location!)?.name;
  if (!location) throw invalid("location", `'${wanted.location}' not found`);
  if (server) {
    checkUnlocked(cloud, "server", server.id);
    checkAttachable({ server: null, location, status: "available" }, server.location, volumesOf(cloud, server.id).length);
  }
  const volume = cloud.store.insert("volume", {
    name: wanted.name,
    size: wanted.size,
    location,
    labels: wanted.labels ?? {},
    created: new Date().toISOString(),
    server: null,
    automount: false,
    format: wanted.format ?? null,
    status: "creating",
    protection: { delete: false },
  });
  const action = cloud.actions.start({ command: "create_volume", resources: [{ type: "volume", id: volume.id }], work: () => make(cloud, volume.id) });
  const next = server ? [attach(cloud, volume.id, server.id, wanted.automount ?? false)] : [];
  return { volume: volumeView(volume), action: actionView(action), next_actions: next.map(actionView) };
}

/** Makes the volume. Machines know no unformatted ones, so a volume ordered without a format is ext4 inside. */
export async function make(cloud: Cloud, id: number): Promise<void> {
  const volume = cloud.store.find("volume", id);
  if (!volume) return;
  await cloud.machines.createVolume(id, volume.size, volume.format ?? "ext4");
  cloud.store.change("volume", id, { status: "available" });
}

export function volumeRoutes(cloud: Cloud): Route[] {
  const one = (id: number) => need(cloud, "volume", id);
  const answer = (action: ActionRecord) => created({ action: actionView(action) });
  return [
    get("/volumes", (call) =>
      list(call, {
        key: "volumes",
        records: cloud.store.all("volume"),
        view: volumeView,
        sortable: { id: (volume) => volume.id, name: (volume) => volume.name, created: (volume) => volume.created },
        filters: { name: (volume) => volume.name, status: (volume) => volume.status },
        labels: (volume) => volume.labels,
      }),
    ),
    get("/volumes/:id", (call) => ok({ volume: volumeView(one(call.id)) })),
    post("/volumes", (call) => created(create(cloud, call.body))),
    put("/volumes/:id", (call) => ok({ volume: volumeView(changeNamed(cloud, "volume", call.id, input.parse(input.change.extend({ name: input.volumeName.nullish() }), call.body))) })),
    remove("/volumes/:id", (call) => {
      const volume = one(call.id);
      checkUnprotected(volume.protection.delete, "volume deletion");
      if (volume.server !== null) throw new ApiError("service_error", `volume with ID '${volume.id}' is still attached to a server`);
      checkUnlocked(cloud, "volume", volume.id);
      cloud.store.remove("volume", volume.id);
      cloud.actions.background([{ type: "volume", id: volume.id }], `removing volume ${volume.id}`, () => cloud.machines.destroyVolume(volume.id));
      return gone;
    }),
    post("/volumes/:id/actions/attach", (call) => {
      const volume = one(call.id);
      const { server: id, automount } = input.parse(attachment, call.body);
      const server = need(cloud, "server", id);
      checkUnlocked(cloud, "volume", volume.id);
      checkUnlocked(cloud, "server", id);
      checkAttachable(volume, server.location, volumesOf(cloud, id).length);
      return answer(attach(cloud, volume.id, id, automount ?? false));
    }),
    post("/volumes/:id/actions/detach", (call) => answer(detach(cloud, one(call.id)))),
    post("/volumes/:id/actions/resize", (call) => {
      const volume = one(call.id);
      const wanted = input.parse(z.object({ size }), call.body).size;
      if (wanted <= volume.size) throw invalid("size", `must be more than the present ${volume.size} GB`);
      checkUnlocked(cloud, "volume", volume.id);
      const work = async () => {
        await cloud.machines.resizeVolume(volume.id, wanted);
        cloud.store.change("volume", volume.id, { size: wanted });
      };
      return answer(cloud.actions.start({ command: "resize_volume", resources: [{ type: "volume", id: volume.id }], work }));
    }),
    post("/volumes/:id/actions/change_protection", (call) => {
      const wanted = input.parse(input.deleteProtection, call.body);
      cloud.store.change("volume", call.id, { protection: { delete: wanted.delete ?? one(call.id).protection.delete } });
      return answer(cloud.actions.done("change_protection", [{ type: "volume", id: one(call.id).id }]));
    }),
    ...actionRoutes(cloud, "/volumes", "volume", (id) => cloud.store.find("volume", id) !== undefined),
  ];
}
