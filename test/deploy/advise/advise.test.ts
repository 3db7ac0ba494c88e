/** The verb: hosts that say what was used, and one that does not. */
import { expect, it } from "vitest";
import { advise } from "../../../deploy/commands/advise.ts";
import { openStage } from "../support/context.ts";
import { smallFleet } from "../support/fleet.ts";
import { ScriptedRunner } from "../support/scripted.ts";

const used = (users: number) => ({ users, storageBytes: 5_000_000, requests: 4400, apiCalls: 10, mostApiCalls: 4, bytesIn: 1, bytesOut: 1 });
const answer = (people: Record<string, number>): string => ["2026-11", "2026-10"].map((month) =>
  JSON.stringify({ month, tenants: Object.entries(people).map(([slug, users]) => ({ slug, ...used(users) })) })).join("\n");

async function ask(orion: "answers" | "silent") {
  const stage = await openStage(smallFleet(), { v1: { migrations: [], layers: { a: 1 } } }, { shared: { runs: "v1" }, orion: orion === "silent" ? "silent" : { runs: "v1" } }, "2026-11-22T12:00:00Z");
  const { connect } = stage.context;
  const context = {
    ...stage.context,
    connect: async (name: string) => {
      const look = await connect(name);
      const usage = new ScriptedRunner([{ when: / usage --month /, answer: { stdout: answer(name === "shared" ? { acme: 62, beta: 4, gone: 90 } : { orion: 12 }) } }]);
      return { host: name, alive: true, close: async () => {}, run: (command: Parameters<typeof look.run>[0]) => (JSON.stringify(command).includes('"usage"') ? usage : look).run(command) };
    },
  };
  const code = await advise(context, { json: false });
  stage.close();
  return { code, text: stage.told.text.join("\n"), data: stage.told.data[0] as Record<string, any> };
}

it("says who should move, why, at what cost, and what to type", async () => {
  const { code, text, data } = await ask("answers");
  expect(`\n${text}`).toBe(`
acme: up, shared → dedicated
  62 users, more than 50
  costs €3.19 → €6.56 a month
  deploy move acme --to dedicated
orion: down, dedicated → shared
  12 users, less than 20
  costs €6.56 → €2.39 a month
  deploy move back orion
4 customers looked at: 1 should move up, 1 could move down
prices of 2026-06-15 by the built-in table, net (HCLOUD_TOKEN is not set)`);
  expect(code).toBe(0);
  expect(data).toMatchObject({ months: ["2026-11", "2026-10"], advice: [{ customer: "acme", direction: "up", cost: { before: 3.19, after: 6.56 }, use: { users: 62, requestsPerDay: 205 } }, { customer: "orion" }], silent: {} });
});

it("a host that can't be asked is named, and a fault: somebody may be missing", async () => {
  const { code, text } = await ask("silent");
  expect(text).toContain("3 customers looked at: 1 should move up\n  ✗ orion was not asked: orion does not answer");
  expect(code).toBe(1);
});
