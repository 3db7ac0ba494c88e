import type { FastifyInstance, FastifyRequest } from "fastify";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { z } from "zod";
import type { Upload } from "../database/tables.ts";
import { rowsOf, type Services } from "../http/services.ts";
import { tenantOf } from "../http/tenant.ts";
import { warn } from "../limits/warning.ts";
import { storageLeft, storageRefusal } from "../limits/rules.ts";
import { findRoute, listRoute } from "./common.ts";
import { readStored, removeFile, storeFile } from "./files.ts";
import { found, idOf, parse, text } from "./input.ts";

const query = z.strictObject({ name: text(255).regex(/^[^/\\\p{Cc}]+$/u, "expected a file name without a path") });
const contentType = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(;[\x20-\x7e]{0,200})?$/;

/** /api/uploads: POST ?name=… with the file itself as the body, streamed to disk; storage is limited by the tier. */
export function uploadRoutes(app: FastifyInstance, services: Services): void {
  const root = services.settings.UPLOADS_PATH;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, body, done) => done(null, body));

  listRoute(app, services, "/uploads", "uploads", {}, view);
  findRoute(app, services, "/uploads", "uploads", view);

  app.post("/uploads", async (request, reply) => {
    const { name } = parse(query, request.query);
    const organisation = tenantOf(request);
    const rows = rowsOf(services, request);
    const file = randomUUID();

    const used = await rows.sum("uploads", "sizeBytes");
    const left = storageLeft(organisation, used);
    const tooLarge = () => storageRefusal(organisation, used);
    if (Number(request.headers["content-length"] ?? 0) > left) throw tooLarge();
    const body = request.body instanceof Readable ? request.body : Readable.from([]);
    const stored = await storeFile(root, organisation.slug, file, body, left, tooLarge);
    try {
      const [created] = await rows.transaction(async (inside) => {
        // Others may have stored files meanwhile: what counts is what fits now.
        await inside.lock();
        const usedNow = await inside.sum("uploads", "sizeBytes");
        if (stored.sizeBytes > storageLeft(organisation, usedNow)) throw storageRefusal(organisation, usedNow);
        warn(reply, "storage", usedNow + stored.sizeBytes, organisation.limitStorageMegabytes && organisation.limitStorageMegabytes * 1_000_000);
        return await inside.insert("uploads", [{ name, contentType: typeOf(request), file, ...stored }]);
      });
      return reply.code(201).header("location", `/api/uploads/${created!.id}`).send(view(created!));
    } catch (error) {
      await removeFile(root, organisation.slug, file);
      throw error;
    }
  });

  app.get("/uploads/:id/content", async (request, reply) => {
    const upload = found(await rowsOf(services, request).find("uploads", idOf(request.params)));
    const content = await readStored(root, tenantOf(request).slug, upload.file);
    if (!content) throw new Error(`The file of upload ${upload.id} of ${tenantOf(request).slug} is missing on disk`);
    // Always a download: a stored page must not run under the organisation's address.
    reply.headers({
      "content-type": upload.contentType,
      "content-length": upload.sizeBytes,
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(upload.name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
      "content-security-policy": "sandbox",
      etag: `"${upload.sha256}"`,
    });
    return reply.send(content);
  });

  app.delete("/uploads/:id", async (request, reply) => {
    const upload = found(await rowsOf(services, request).remove("uploads", idOf(request.params)));
    await removeFile(root, tenantOf(request).slug, upload.file);
    return reply.code(204).send();
  });
}

/** What callers see: not where the file lies. */
function view({ file: _, ...upload }: Upload) {
  return upload;
}

function typeOf(request: FastifyRequest): string {
  const given = request.headers["content-type"] ?? "";
  return contentType.test(given) ? given : "application/octet-stream";
}
