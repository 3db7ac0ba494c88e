/** Whoever still comes to a host that a customer has left: clients use connections from before the change of its DNS as long as they like. */
import { containerName } from "../../model/names.ts";
import { type Command, script } from "./command.ts";

export interface Latecomers {
  requests: number;
  /** Of the last one; null when there was none. */
  from: string | null;
}

/** kamal-proxy (0.9) writes a line of JSON for each answer. */
const READ = `
docker logs --since "$2s" "$1" 2>&1 | awk -v seen="\\"service\\":\\"(move|streams)-$3\\"" '
  $0 ~ seen { requests++; if (match($0, /"client_addr":"[^"]*"/)) from = substr($0, RSTART + 15, RLENGTH - 16) }
  END { print requests + 0, from }'
`;
/** Answers that the customer's own route there gave in the last seconds. */
export const readLatecomers = (slug: string, seconds: number): Command => script("latecomers", READ, containerName.proxy, seconds, slug);

export function parseLatecomers(stdout: string): Latecomers {
  const [requests, from] = stdout.trim().split(" ");
  if (requests === undefined || !/^\d+$/.test(requests)) throw new Error(`no count of requests: ${stdout.slice(0, 200)}`);
  return { requests: Number(requests), from: from || null };
}
