/** A registry that has every version of the app: as much of the distribution API as the tool asks. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Registry { address: string; close(): void }

export const digestOf = (version: string): string => `sha256:${createHash("sha256").update(manifestOf(version)).digest("hex")}`;

export async function startRegistry(): Promise<Registry> {
  const server = createServer((request, response) => {
    const version = /^\/v2\/.+\/manifests\/([^/]+)$/.exec(request.url ?? "")?.[1];
    if (!version) return response.writeHead(404).end();
    const known = Array.from({ length: 100 }, (_, at) => `v${at}`).find((one) => one === version || digestOf(one) === version);
    if (!known) return response.writeHead(404).end();
    response.writeHead(200, { "docker-content-digest": digestOf(known), "content-type": "application/vnd.oci.image.manifest.v1+json" });
    response.end(request.method === "HEAD" ? undefined : manifestOf(known));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** One layer that all releases share, one of their own. */
function manifestOf(version: string): string {
  const layer = (name: string, size: number) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: `sha256:${createHash("sha256").update(name).digest("hex")}`, size });
  return JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: { ...layer(`config ${version}`, 2000), mediaType: "application/vnd.oci.image.config.v1+json" }, layers: [layer("base", 60e6), layer(version, 2.6e6)] });
}
