/** Power: every action waits until the machine did it. */
import type { Cloud } from "./cloud.ts";
import { hasPublicNet, powerOn, recordStatus } from "./machine.ts";
import { ApiError } from "./errors.ts";
import type { ActionRecord, ServerRecord, ServerStatus } from "./records.ts";

type Work = (cloud: Cloud, id: number) => Promise<void>;

const isRunning = async (cloud: Cloud, id: number) => (await cloud.machines.state(id)) === "running";

const powerOff: Work = async (cloud, id) => {
  if (await isRunning(cloud, id)) await cloud.machines.stop(id);
};

const shutDown: Work = async (cloud, id) => {
  if (await isRunning(cloud, id)) await cloud.machines.shutdown(id);
};

const reboot: Work = async (cloud, id) => {
  if (await isRunning(cloud, id)) await cloud.machines.reboot(id);
  else await powerOn(cloud, id);
};

const reset: Work = async (cloud, id) => {
  await powerOff(cloud, id);
  await powerOn(cloud, id);
};

/** Path, the action's command, the status meanwhile, and what is done. */
export const powerVerbs: Record<string, { command: string; status: ServerStatus; work: Work }> = {
  poweron: { command: "start_server", status: "starting", work: powerOn },
  poweroff: { command: "stop_server", status: "stopping", work: powerOff },
  shutdown: { command: "shutdown_server", status: "stopping", work: shutDown },
  reboot: { command: "reboot_server", status: "starting", work: reboot },
  reset: { command: "reset_server", status: "starting", work: reset },
};

/** Starts one of the verbs on an unlocked server. */
export function power(cloud: Cloud, server: ServerRecord, verb: string): ActionRecord {
  const { command, status, work } = powerVerbs[verb]!;
  if (status === "starting" && server.privateNet.length === 0 && !hasPublicNet(cloud, server.id)) {
    throw new ApiError("service_error", "a server without any network interface can't be started");
  }
  // A status that would not change is not announced: a running server that is "started" never reads `starting`.
  const settled = status === "stopping" ? "off" : "running";
  if (server.status !== settled || verb === "reset") cloud.store.change("server", server.id, { status });
  return withStatus(cloud, server.id, command, () => work(cloud, server.id));
}

/** An action on one server after which, done or failed, the record says what the machine is. */
export function withStatus(cloud: Cloud, id: number, command: string, work: () => Promise<void>, resources: { type: string; id: number }[] = []): ActionRecord {
  return cloud.actions.start({
    command,
    resources: [{ type: "server", id }, ...resources],
    work: () => work().finally(() => recordStatus(cloud, id)),
  });
}
