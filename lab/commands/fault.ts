/** bin/lab fault … */
import Table from "cli-table3";
import { control } from "../control/client.ts";
import type { AnyFault, KeptFault } from "../faults/faults.ts";
import { LabError } from "./errors.ts";
import type { Output } from "./output.ts";
import { requireIdentity } from "./place.ts";

export async function addFault(directory: string, fault: AnyFault, output: Output): Promise<void> {
  const kept = await ask<KeptFault>(directory, "POST", "/faults", fault);
  output.say(`Fault ${kept.id}: ${describe(kept)}. Take it away: bin/lab fault clear ${kept.id}`);
  output.result(kept);
}

export async function machineFault(directory: string, name: string, fault: string, output: Output): Promise<void> {
  const server = await ask<{ id: number; name: string }>(directory, "POST", `/machines/${encodeURIComponent(name)}/${fault}`);
  const words: Record<string, string> = {
    freeze: `stands still; thaw it: bin/lab fault machine ${name} thaw`,
    thaw: "goes on",
    kill: `lost its power and stays off; power it on through the API, or: bin/lab fault machine ${name} start`,
    start: "has its power back and boots",
    cut: `is cut off from the network; mend it: bin/lab fault machine ${name} mend`,
    mend: "is on the network again",
    fill: `has no byte free on its disk; make room: bin/lab fault machine ${name} empty`,
    empty: "has room on its disk again",
    starve: `has hardly any memory left; give it back: bin/lab fault machine ${name} feed`,
    feed: "has its memory back",
  };
  output.say(`${server.name} ${words[fault]}.`);
  output.result({ ...server, fault });
}

export async function registryFault(directory: string, fault: string, output: Output): Promise<void> {
  const answer = await ask<{ fault: string }>(directory, "POST", `/registry/${fault}`);
  output.say(fault === "stop" ? "The registry is gone; bring it back: bin/lab fault registry start" : "The registry answers again.");
  output.result(answer);
}

export async function storageFault(directory: string, fault: string, output: Output): Promise<void> {
  const answer = await ask<{ fault: string }>(directory, "POST", `/storage/${fault}`);
  const words: Record<string, string> = { break: "is gone; bring it back: bin/lab fault storage mend", fill: "takes nothing more; make room: bin/lab fault storage mend", mend: "answers and has room again" };
  output.say(`The object store ${words[fault]}.`);
  output.result(answer);
}

export async function listFaults(directory: string, output: Output): Promise<void> {
  const faults = await ask<KeptFault[]>(directory, "GET", "/faults");
  output.result(faults);
  if (faults.length === 0) return output.say("No faults are set.");
  const table = new Table({ head: ["ID", "FAULT", "TIMES"], style: { head: [], border: [] } });
  for (const fault of faults) table.push([fault.id, describe(fault), fault.times ?? "until cleared"]);
  output.say(table.toString());
}

export async function clearFaults(directory: string, id: number | undefined, output: Output): Promise<void> {
  const { cleared } = await ask<{ cleared: number }>(directory, "DELETE", id === undefined ? "/faults" : `/faults?id=${id}`);
  if (id !== undefined && cleared === 0) throw new LabError(`There is no fault ${id}; see bin/lab fault list.`);
  output.say(`${cleared} ${cleared === 1 ? "fault" : "faults"} cleared.`);
  output.result({ cleared });
}

async function ask<T>(directory: string, method: string, path: string, body?: unknown): Promise<T> {
  const identity = requireIdentity(directory);
  const answer = await control<T>(directory, identity, method, path, body);
  if (answer === undefined) throw new LabError(`Lab ${identity.number} is not up. Start it: bin/lab up`);
  return answer;
}

function describe(fault: KeptFault): string {
  if (fault.kind === "placement") return `placing a ${fault.type === "*" ? "server of any type" : fault.type} fails ${fault.location === "*" ? "everywhere" : `in ${fault.location}`}`;
  const what = [
    fault.delayMs ? `${fault.delayMs} ms late` : "",
    fault.status ? `status ${fault.status}${fault.code ? ` (${fault.code})` : ""}` : "",
    fault.loseAnswer ? "the answer is lost after the work is done" : "",
  ];
  return `${fault.api} ${fault.method === "*" ? "any method" : fault.method} ${fault.path}: ${what.filter(Boolean).join(", ") || "nothing"}`;
}
