/** What an image consists of, so that a plan can say what hosts will pull. */
import { ask, authorized, MANIFESTS } from "./digest.ts";
import { apiUrl, type Repository } from "./reference.ts";

/** Layers of a manifest by digest, with their compressed sizes in bytes. */
export type Layers = ReadonlyMap<string, number>;

interface Manifest {
  layers?: { digest: string; size: number }[];
  manifests?: { digest: string; platform?: { architecture?: string } }[];
}

/**
 * Layers of one image; of an index, those for the architecture (`amd64`, `arm64`). Undefined when the registry does not
 * say: a size is worth no failure. `counted` is told of each question.
 */
export async function layersOf(repository: Repository, digest: string, architecture: string, counted: () => void): Promise<Layers | undefined> {
  const read = async (reference: string): Promise<Manifest | undefined> => {
    counted();
    const answer = await authorized(repository, (headers) => ask(repository, apiUrl(repository, reference), { accept: MANIFESTS, ...headers }, "GET"));
    return answer.ok ? await answer.json() as Manifest : undefined;
  };
  try {
    const first = await read(digest);
    const chosen = first?.manifests?.find(({ platform }) => platform?.architecture === architecture)?.digest;
    const manifest = chosen ? await read(chosen) : first;
    return manifest?.layers && new Map(manifest.layers.map((layer) => [layer.digest, layer.size]));
  } catch {
    return undefined; // unreachable, or no JSON: the plan says that the size is not known
  }
}

/** Bytes of the layers that no image on the host has. Docker keeps a layer as long as an image needs it. */
export function bytesToPull(wanted: Layers, there: readonly Layers[]): number {
  return [...wanted].reduce((sum, [digest, size]) => there.some((layers) => layers.has(digest)) ? sum : sum + size, 0);
}
