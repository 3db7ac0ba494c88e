/** Lets one host fetch the release's image and the others have it from there (see host/share.ts). */
import { randomBytes } from "node:crypto";
import pLimit from "p-limit";
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import { pull } from "../host/docker.ts";
import { endShare, fetchInput, fetchShare, receiveShare, type Share, shareTimeout, startShare } from "../host/share.ts";
import { type Image, MANIFESTS } from "../registry/image.ts";
import { mustRun } from "../remote/runner.ts";
import { currentOf, type Look } from "./look.ts";
import { imageOf, type Release, tagOf } from "./release.ts";

/** Hosts that get it at once: the first one's line is shared by them. */
const AT_ONCE = 4;

/** What is on its way to hosts while others are being updated. */
export interface Ahead {
  /** Resolves when the host has the image, or has to get it by itself. Never rejects. */
  of(host: string): Promise<void>;
  /** Nothing more is wanted. Never rejects. */
  end(): Promise<void>;
}

type Needs = Pick<Context, "connect" | "facts" | "outputs" | "registry" | "registryConfig" | "report">;

/** `hosts`: those that lack the image and are of one architecture; the first fetches it. */
export function shareImage(needs: Needs, release: Release, architecture: string, hosts: readonly string[], looks: ReadonlyMap<string, Look>, signal: AbortSignal): Ahead {
  const [source] = hosts as [string];
  const share: Share = { token: randomBytes(16).toString("hex"), digest: release.digest };
  const limit = pLimit(AT_ONCE);
  let over = false;
  const note = (host: string | null, message: string): void => {
    if (!over && !signal.aborted) needs.report.event({ type: "note", host, message });
  };
  let serving = false;
  const begun = begin(needs, release, architecture, share, hosts, looks).then((place) => {
    serving = true;
    return place;
  }, (error: unknown) => {
    note(null, `${source} could not fetch the image for the others, so each pulls it from the registry: ${messageOf(error)}`);
    return undefined;
  });
  const arrivals = new Map(hosts.map((host) => [host, limit(async () => {
    const place = await begun;
    if (!place || over || signal.aborted) return;
    const stdin = await needs.registryConfig();
    const usual = pull(imageOf(release), tagOf(release), { login: stdin !== undefined });
    await mustRun(await needs.connect(host), "getting the image from another host", receiveShare(share, place.address, place.port, usual), { timeout: shareTimeout, ...(stdin === undefined ? {} : { stdin }) });
  }).catch((error: unknown) => note(host, `did not get the image from ${source}, so it pulls it from the registry: ${messageOf(error)}`))]));
  return {
    of: async (host) => arrivals.get(host),
    async end() {
      over = true;
      // One that is still fetching, or that nobody reaches, goes by itself.
      if (serving) await needs.connect(source).then((runner) => runner.run(endShare(share))).catch(() => {});
    },
  };
}

async function begin({ connect, facts, outputs, registry }: Needs, release: Release, architecture: string, share: Share, hosts: readonly string[], looks: ReadonlyMap<string, Look>): Promise<{ address: string; port: number }> {
  const [source] = hosts as [string];
  const { image } = await facts(release, architecture);
  if (!image) throw new Error("the registry does not say what it consists of");
  const there = await Promise.all(hosts.map(async (host) => {
    const current = looks.get(host) && currentOf(looks.get(host)!);
    return current ? (await facts(current, architecture)).image : null;
  }));
  const digests = [...image.manifests, image.id, ...missingLayers(image, there)];
  const parts = await Promise.all(digests.map(async (digest) => ({ digest, ...await registry.request(image.manifests.includes(digest) ? "manifests" : "blobs", digest) })));
  const runner = await connect(source);
  const stdin = fetchInput(parts, { ...parts[0]!.headers, accept: MANIFESTS });
  await mustRun(runner, "fetching the image for others", fetchShare(share, registry.repository.registry, digests), { timeout: shareTimeout, stdin });
  const { privateAddress: address } = await outputs(source);
  return { address, port: Number(await mustRun(runner, "sharing the image", startShare(share, address))) };
}

/** Layers that at least one host lacks, by what each runs now (null: nothing known). */
export const missingLayers = (wanted: Pick<Image, "layers">, there: readonly (Pick<Image, "layers"> | null)[]): string[] =>
  [...new Set(wanted.layers.map(({ digest }) => digest))].filter((digest) => there.some((image) => !image?.layers.some((layer) => layer.digest === digest)));
