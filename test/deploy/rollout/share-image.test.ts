/** One host fetches, the others get it from there: in which order, and what happens when something is away. */
import { describe, expect, it } from "vitest";
import type { Event } from "../../../deploy/report/event.ts";
import { missingLayers, shareImage } from "../../../deploy/rollout/share-image.ts";
import { outputsOf, v2 } from "../support/fleet.ts";
import { type Rule, ScriptedRunner } from "../support/scripted.ts";

const layer = (name: string) => ({ digest: `sha256:${name}`, size: 1 });
const image = { id: "sha256:configuration", labels: {}, manifests: [v2.digest], layers: [layer("base"), layer("app")] };
const HOSTS = ["orion", "helmex", "shared"];

function scene({ rules = {}, known = true }: { rules?: Record<string, Rule[]>; known?: boolean } = {}) {
  const runners = new Map(HOSTS.map((host) => [host, new ScriptedRunner([...rules[host] ?? [], { when: /start-share/, answer: { stdout: "40123\n" } }])]));
  const notes: string[] = [];
  const stop = new AbortController();
  const ahead = shareImage({
    connect: async (host) => runners.get(host)!,
    facts: async () => ({ migrations: null, image: known ? image : null }),
    outputs: async (host) => outputsOf(host),
    registry: { repository: { registry: "registry.example.com", path: "shop/app" }, asked: 0, ask: async () => undefined, request: async (kind, reference) => ({ url: `https://r/${kind}/${reference}`, headers: { authorization: "Bearer hidden" } }) },
    registryConfig: async () => "hidden-login",
    report: { event: (event: Event) => { if (event.type === "note") notes.push(`${event.host ?? "all"}: ${event.message.split("\n")[0]}`); }, text: () => {}, data: () => {} },
  }, v2, "amd64", HOSTS, new Map(), stop.signal);
  const told = (host: string): string[] => runners.get(host)!.transcript.map((text) => [...text.matchAll(/<([\w-]+)>|docker (pull|rmi)/g)].map(([, script, word]) => script ?? word).join(" "));
  return { ahead, notes, told, runners };
}

describe("an image for several hosts", () => {
  it("is fetched by the first, got by all, and not served for longer", async () => {
    const { ahead, notes, told, runners } = scene();
    await Promise.all(HOSTS.map((host) => ahead.of(host)));
    await ahead.end();
    expect(HOSTS.map(told)).toEqual([
      ["fetch-share", "start-share", "receive-share logged-in pull rmi rmi", "end-share"],
      ["receive-share logged-in pull rmi rmi"],
      ["receive-share logged-in pull rmi rmi"],
    ]);
    expect(runners.get("helmex")!.transcript[0]).toContain("10.0.1.2 40123");
    expect(notes).toEqual([]);
    expect(runners.get("orion")!.inputs[0]).toContain('header = "authorization: Bearer hidden"');
    expect(JSON.stringify(HOSTS.map((host) => runners.get(host)!.transcript))).not.toContain("hidden");
  });

  it.each([
    ["nobody knows what it is made of", { known: false }, [[], [], []], ["all: orion could not fetch the image for the others, so each pulls it from the registry: the registry does not say what it consists of"]],
    ["the first can't fetch it", { rules: { orion: [{ when: /fetch-share/, answer: { code: 22, stderr: "curl: (22) 401" } }] } }, [["fetch-share"], [], []],
      ["all: orion could not fetch the image for the others, so each pulls it from the registry: orion: fetching the image for others failed with exit code 22"]],
    ["one can't reach the first", { rules: { helmex: [{ when: /receive-share/, answer: { code: 1, stderr: "connection refused" } }] } },
      [["fetch-share", "start-share", "receive-share logged-in pull rmi rmi", "end-share"], ["receive-share logged-in pull rmi rmi"], ["receive-share logged-in pull rmi rmi"]],
      ["helmex: did not get the image from orion, so it pulls it from the registry: orion: getting the image from another host failed with exit code 1"]],
  ] as [string, Parameters<typeof scene>[0], string[][], string[]][])("is pulled by each from the registry when %s", async (_name, given, transcripts, said) => {
    const { ahead, notes, told } = scene(given);
    await Promise.all(HOSTS.map((host) => ahead.of(host)));
    await ahead.end();
    expect(HOSTS.map(told)).toEqual(transcripts);
    expect(notes).toEqual(said);
  });

  it("is fetched without layers that all have already", () => {
    expect(missingLayers(image, [{ layers: [layer("base")] }, { layers: [layer("base"), layer("old")] }])).toEqual(["sha256:app"]);
    expect(missingLayers(image, [{ layers: [layer("base")] }, null])).toEqual(["sha256:base", "sha256:app"]);
    expect(missingLayers({ layers: [layer("x"), layer("x")] }, [null])).toEqual(["sha256:x"]);
  });
});
