/** Files of tenants on disk: UPLOADS_PATH/<slug>/<file>. A file is complete before a row refers to it, and never changes after. */
import { createHash } from "node:crypto";
import { createReadStream, type ReadStream } from "node:fs";
import { access, constants, mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { OperatorError, reasonOf } from "../errors.ts";

export const pathOf = (root: string, slug: string, file: string): string => join(root, slug, file);

/** Throws OperatorError when uploads could not be stored. */
export async function checkUploads(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
    await access(root, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new OperatorError(`UPLOADS_PATH: cannot write to ${root} (${reasonOf(error)}). Expected a folder that uid ${process.getuid?.()} may write to.`);
  }
}

/** Stores a stream; `tooLarge` is thrown once it exceeds `maximum` bytes. Leaves nothing behind when it fails. */
export async function storeFile(root: string, slug: string, file: string, body: Readable, maximum: number, tooLarge: () => Error): Promise<{ sizeBytes: number; sha256: string }> {
  const path = pathOf(root, slug, file);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  async function* measured(): AsyncGenerator<Buffer> {
    // Destroying the request would cut the connection before its sender has read why.
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maximum) throw tooLarge();
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await mkdir(join(root, slug), { recursive: true });
    await writeFile(path, measured(), { flag: "wx", flush: true });
  } catch (error) {
    body.resume();
    await rm(path, { force: true });
    throw error;
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** Opens a stored file for reading; undefined when it is not there. */
export async function readStored(root: string, slug: string, file: string): Promise<ReadStream | undefined> {
  const handle = await open(pathOf(root, slug, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return handle && createReadStream("", { fd: handle });
}

export const isStored = (root: string, slug: string, file: string): Promise<boolean> =>
  access(pathOf(root, slug, file)).then(() => true, (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return false;
    throw error;
  });

export const removeFile = (root: string, slug: string, file: string): Promise<void> => rm(pathOf(root, slug, file), { force: true });
