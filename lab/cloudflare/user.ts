/** Who asks, and what needs no zone: token check, accounts, the edge's addresses. */
import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { noRoute, paginate, success } from "./envelope.ts";
import { readPage } from "./query.ts";

/** The only account there is. */
export const account = { id: "e7a9e1ab0000000000000000000000ab", name: "Etage lab" };

export function userRoutes(server: FastifyInstance, token: string, ranges: { ipv4: string[]; ipv6: string[] }): void {
  const tokenId = createHash("sha256").update(token).digest("hex").slice(0, 32);
  const fullAccount = { ...account, type: "standard", settings: { enforce_twofactor: false }, created_on: "2026-01-01T00:00:00.000000Z" };

  server.get("/user/tokens/verify", async () =>
    success({ id: tokenId, status: "active" }, [{ code: 10000, message: "This API Token is valid and active", type: null }]),
  );

  server.get("/accounts", async (request) => {
    const query = request.query as Record<string, string>;
    const { page, perPage } = readPage(query, { perPage: 20, least: 5, most: 50 });
    return paginate(query.name && query.name !== account.name ? [] : [fullAccount], page, perPage);
  });

  server.get<{ Params: { account: string } }>("/accounts/:account", async (request) => {
    if (request.params.account !== account.id) throw noRoute(request.url);
    return success(fullAccount);
  });

  server.get("/ips", async () => {
    const etag = createHash("md5").update(JSON.stringify(ranges)).digest("hex");
    return success({ ipv4_cidrs: ranges.ipv4, ipv6_cidrs: ranges.ipv6, etag });
  });
}
