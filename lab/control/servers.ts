/** The servers that the Hetzner API knows, asked as any client would. */
import { ownAgent } from "./requests.ts";

export interface ServerView {
  id: number;
  name: string;
  /** As the API says: running, off, … */
  status: string;
  ipv4: string | null;
  type: string;
}

interface Answer {
  servers: { id: number; name: string; status: string; public_net: { ipv4: { ip: string } | null }; server_type: { name: string } }[];
  meta: { pagination: { next_page: number | null } };
}

/** All servers, or those with this name. */
export async function listServers(endpoint: string, token: string, name?: string): Promise<ServerView[]> {
  const servers: ServerView[] = [];
  let page: number | null = 1;
  while (page) {
    const query = new URLSearchParams({ page: String(page), per_page: "50", ...(name ? { name } : {}) });
    const response: Response = await fetch(`${endpoint}/servers?${query}`, { headers: { authorization: `Bearer ${token}`, "user-agent": ownAgent } });
    if (!response.ok) throw new Error(`The lab's Hetzner API answered ${response.status}: ${await response.text()}`);
    const answer = (await response.json()) as Answer;
    servers.push(
      ...answer.servers.map((one) => ({
        id: one.id,
        name: one.name,
        status: one.status,
        ipv4: one.public_net.ipv4?.ip ?? null,
        type: one.server_type.name,
      })),
    );
    page = answer.meta.pagination.next_page;
  }
  return servers;
}
