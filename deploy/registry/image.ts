/** What a registry knows of an image without pulling it: labels, and what a pull would cost. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Registry } from "./client.ts";

const INDEXES = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
const IMAGES = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];
/** Every form of manifest that we can read, as an Accept header. */
export const MANIFESTS = [...INDEXES, ...IMAGES].join(", ");

const descriptor = z.object({ digest: z.string(), size: z.number() });
const platform = z.object({ os: z.string(), architecture: z.string() });
const index = z.object({ manifests: z.array(z.object({ digest: z.string(), platform: platform.optional() })) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const config = z.object({ config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish() });

export type Layer = z.infer<typeof descriptor>;

export interface Image {
  /** Of the image's configuration: what Docker calls the image's ID (with its classic store). */
  id: string;
  labels: Record<string, string>;
  /** Digests of what names it: an index, when there is one, and the image's own manifest. */
  manifests: string[];
  /** Compressed, as they are pulled; sizes in bytes. */
  layers: Layer[];
}

/**
 * Two questions, or three when the reference names an index of several architectures; then `architecture` (Go's name) is
 * looked at. Undefined when the registry has no such image. `digest`: `sha256:…`; what comes is checked against it.
 */
export async function readImage(registry: Registry, digest: string, architecture = "amd64"): Promise<Image | undefined> {
  const first = await readVerified(registry, "manifests", digest);
  if (first === undefined) return undefined;
  const several = index.safeParse(first).data?.manifests.filter((entry) => entry.platform?.os === "linux");
  const one = several?.find((entry) => entry.platform?.architecture === architecture) ?? several?.[0];
  const found = manifest.safeParse(one ? await readVerified(registry, "manifests", one.digest) : first);
  if (!found.success) throw new UserError(`the registry ${registry.repository.registry} has no Linux image under ${digest}`);
  const settings = config.safeParse(await readVerified(registry, "blobs", found.data.config.digest));
  return { manifests: [digest, ...(one ? [one.digest] : [])], id: found.data.config.digest, labels: settings.data?.config?.Labels ?? {}, layers: found.data.layers };
}

/** A digest names exactly one content: nobody between can change it, and what was read once holds for ever. */
async function readVerified(registry: Registry, kind: "manifests" | "blobs", digest: string): Promise<unknown> {
  const answer = await registry.ask(kind, digest, kind === "manifests" ? { accept: MANIFESTS } : {});
  if (!answer) return undefined;
  const body = Buffer.from(await answer.arrayBuffer());
  if (`sha256:${createHash("sha256").update(body).digest("hex")}` !== digest) {
    throw new UserError(`the registry ${registry.repository.registry} gave something else than ${digest}`, { hint: "something between here and there changes its answers" });
  }
  return JSON.parse(body.toString("utf8"));
}

/** Bytes that a host with the image `from` has to pull for `to`; everything without `from`. */
export function bytesToPull(from: Pick<Image, "layers"> | undefined, to: Pick<Image, "layers">): number {
  const there = new Set(from?.layers.map(({ digest }) => digest));
  const missing = new Map(to.layers.filter(({ digest }) => !there.has(digest)).map(({ digest, size }) => [digest, size]));
  return [...missing.values()].reduce((sum, size) => sum + size, 0);
}
