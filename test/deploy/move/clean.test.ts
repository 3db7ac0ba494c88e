/** What a host is left with when a customer's rows and files are taken off it. */
import { describe, expect, it } from "vitest";
import { removeFrom } from "../../../deploy/move/clean.ts";
import { TENANTS } from "../../../deploy/host/paths.ts";
import { outputsOf, smallFleet, v1 } from "../support/fleet.ts";
import { ScriptedRunner } from "../support/scripted.ts";

const fleet = smallFleet();

async function removed(host: string, slug: string): Promise<string[]> {
  const runner = new ScriptedRunner([{ when: /count-files/, answer: { stdout: "0 0\n" } }, { when: /psql/, answer: { stdout: "{}\n" } }]);
  await removeFrom({ connect: async () => runner, fleet } as never, { host: fleet.host(host), outputs: outputsOf(host), release: v1 } as never, { slug, data: { slug, tables: [] } as never, folders: [slug] });
  return runner.transcript;
}

describe("a host that a customer's rows are taken off", () => {
  it("is told of the customer anew by the next update, when the files have it there: the app knows it no longer", async () => {
    const commands = await removed("orion", "orion");
    const forgets = commands.findIndex((command) => command.includes(`rm -f ${TENANTS}`));
    expect(forgets).toBeGreaterThanOrEqual(0);
    expect(forgets).toBeLessThan(commands.findIndex((command) => command.includes("remove-files")));
  });

  it("is not told of the others again", async () => {
    expect((await removed("shared", "orion")).join("\n")).not.toContain(TENANTS);
  });
});
