import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { Registry } from "prom-client";

/** Answers GET /metrics on a port of its own: the proxy leads customers to the other one only. */
export async function serveMetrics(registry: Registry, port: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url !== "/metrics") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
  });
  server.listen(port, "0.0.0.0");
  await once(server, "listening");
  return server;
}
