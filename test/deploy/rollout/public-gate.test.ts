import { describe, expect, it } from "vitest";
import { publicNames, type PublicFault } from "../../../deploy/public.ts";
import type { Job } from "../../../deploy/rollout/job.ts";
import { passPublicly, publicWords } from "../../../deploy/rollout/public-gate.ts";
import { expectations } from "../../../deploy/rollout/wanted.ts";
import { smallFleet } from "../support/fleet.ts";

const wrong: PublicFault = { hostname: "orion.example.com", fault: "answered 526 instead of 200", silent: false };
const silent: PublicFault = { hostname: "orion.shop", fault: "did not answer: queryA ENOTFOUND orion.shop", silent: true };

async function pass(policy: "off" | "note" | "must", ...answers: PublicFault[][]) {
  const fleet = smallFleet({ rollout: { gate: { public: policy } } });
  const host = fleet.host("orion")!;
  const notes: string[] = [];
  const asked: string[][] = [];
  const job = {
    fleet, host, wanted: { names: expectations(host, []) }, aside: [], note: (text: string) => notes.push(text), pause: async () => {},
    askPublicly: async (names: { hostname: string }[]) => {
      asked.push(names.map(({ hostname }) => hostname));
      return answers.shift() ?? [];
    },
  } as unknown as Job;
  const fault = await passPublicly(job).then(() => null, (error: Error) => error.message);
  await Promise.all(job.aside);
  return { fault, notes, asked: asked.length };
}

describe("customers' names by DNS and TLS", () => {
  it.each([
    ["nobody is asked", "off", [[wrong], [wrong]], { fault: null, notes: [], asked: 0 }],
    ["all is well", "must", [[]], { fault: null, notes: [], asked: 1 }],
    ["well at the second look", "must", [[wrong], []], { fault: null, notes: [], asked: 2 }],
    ["wrong twice", "must", [[wrong], [wrong]], { fault: "orion: by DNS and TLS orion.example.com answered 526 instead of 200", notes: [], asked: 2 }],
    ["wrong, but only to be noted", "note", [[wrong], [wrong]], { fault: null, notes: ["by DNS and TLS orion.example.com answered 526 instead of 200"], asked: 2 }],
    ["no answer, which may be our own network's fault", "must", [[silent], [silent]], { fault: null, notes: ["by DNS and TLS orion.shop did not answer: queryA ENOTFOUND orion.shop"], asked: 2 }],
  ] as const)("%s", async (_what, policy, answers, expected) => {
    expect(await pass(policy, ...answers.map((faults) => [...faults]))).toEqual(expected);
  });

  it("are many in one line", () => {
    expect(publicWords([wrong, silent, silent])).toBe("by DNS and TLS orion.example.com answered 526 instead of 200, and 2 more");
  });

  it("are those that DNS leads to the host: none of a staged host, and on the shared one also a staged customer's", () => {
    const fleet = smallFleet({ customers: [{ slug: "acme", name: "Acme", tier: "shared" }, { slug: "orion", name: "Orion", tier: "dedicated" }, { slug: "vega", name: "Vega", tier: "dedicated", phase: "live" }] });
    const led = (name: string): string[] => publicNames(fleet, fleet.host(name)!, expectations(fleet.host(name)!, [])).map(({ hostname }) => hostname);
    expect([led("shared"), led("orion"), led("vega")]).toEqual([["acme.example.com", "orion.example.com"], [], ["vega.example.com"]]);
  });
});
