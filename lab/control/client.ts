/** `bin/lab`'s side of the control API. */
import { loopbackOf, ports } from "../context.ts";
import { LabError } from "../commands/errors.ts";
import { openSecrets, type Identity } from "./identity.ts";

export interface Status {
  pid: number;
  started: string;
  /** MB of the lab's own process. */
  memory: number;
  requests: Record<string, number>;
  zones: { name: string; records: number }[];
  servers: { id: number; name: string; type: string; status: string; machine: string; ipv4: string | null }[];
  faults: number;
  /** What could not be brought back when the lab started. */
  problems: string[];
}

/** One request; undefined when nobody answers there. Throws LabError with the lab's own words when it refuses. */
export async function control<T>(directory: string, identity: Identity, method: string, path: string, body?: unknown): Promise<T | undefined> {
  let response: Response;
  try {
    response = await fetch(`http://${loopbackOf(identity.number)}:${ports.control}${path}`, {
      method,
      headers: { authorization: `Bearer ${openSecrets(directory).controlToken}`, ...(body ? { "content-type": "application/json" } : {}) },
      signal: AbortSignal.timeout(method === "GET" ? 20_000 : 300_000),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  } catch (error) {
    if ((error as Error).name === "TimeoutError") throw new LabError(`The lab (process ${identity.pid}) does not answer. See bin/lab logs; bin/lab down and up again.`);
    return undefined;
  }
  const answer = (await response.json()) as T & { message?: string };
  if (!response.ok) throw new LabError(answer.message ?? `The lab answered ${response.status} to ${method} ${path}.`);
  return answer;
}
