/** The reference app follows its contract, and what does not is found out, clause by clause. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkApp, type ClauseResult } from "../../../deploy/app-check/check.ts";
import { clauses } from "../../../deploy/app-check/clauses.ts";
import { LocalRunner } from "../../../deploy/remote/local.ts";
import { readRecipes } from "../../../lab/images/recipes.ts";
import { smallFleet } from "../support/fleet.ts";

const run = promisify(execFile);
const id = `t${process.pid}`;
const image = `etage-check/app:${id}`;
const { postgres: { tag: postgres }, redis: { tag: redis } } = readRecipes().all;

function check(tag: string, names?: readonly string[]): Promise<ClauseResult[]> {
  return checkApp({
    runner: new LocalRunner(), image: tag, platform: smallFleet().platform, postgres, redis, id, password: "of-a-test",
    clauses: names ? clauses.filter(({ name }) => names.includes(name)) : clauses, signal: new AbortController().signal, tell: () => {},
  });
}

beforeAll(() => run("docker", ["build", "--network", "host", "--quiet", "--tag", image, join(import.meta.dirname, "../../../app")]), 300_000);
afterAll(() => run("docker", ["rmi", "--force", image]));

describe("app check", () => {
  it("the reference app keeps every clause, and nothing is left of the trial", async () => {
    const results = await check(image);
    expect(results.filter(({ outcome }) => outcome !== "holds")).toEqual([]);
    expect(results.map(({ clause }) => clause)).toEqual(clauses.map(({ name }) => name));
    for (const list of ["container ls --all", "network ls", "volume ls"]) {
      expect((await run("docker", [...list.split(" "), "--quiet", "--filter", `label=etage.check=${id}`])).stdout).toBe("");
    }
  }, 600_000);

  it.each<[string, string[], Record<string, RegExp>]>([
    ["a table that nobody names, root, and a release of its own", [
      `RUN printf '%s\\n' '-- reversible: yes' 'create table notes (id bigint primary key);' >migrations/9001-notes.sql`,
      `RUN sed -i 's/release: settings.RELEASE, tenant/release: "dev", tenant/' http/health.ts`,
      "USER 0",
    ], {
      user: /other than root/, describe: /notes would be left behind/, "tenant-key": /^needs describe$/, health: /"release": "check"/, tenant: /^needs health$/,
    }],
    ["a table whose key does not begin with the tenant, without policies", [
      `RUN printf '%s\\n' '-- reversible: yes' 'create table notes (id bigint generated always as identity primary key, organisation_id bigint not null references organisations (id) on delete cascade);' >migrations/9001-notes.sql`,
      `RUN sed -i 's/"usage_hours"\\]/"usage_hours", "notes"]/' tenants/tables.ts`,
      `RUN sed -i 's/await drain.begin(settings.DRAIN_SECONDS)/0/' commands/serve.ts`,
      `RUN sed -i 's/requests.inc({ tenant, status/requests.inc({ status/' metrics/metrics.ts && sed -i 's/request.log.info({ tenant/request.log.info({ url: request.url, tenant/' http/server.ts`,
    ], {
      "tenant-key": /primary key of notes to begin with organisation_id, got id/, "row-level-security": /ALTER TABLE notes/, metrics: /tenant="etage-one"/, logs: /neither queries/, drain: /turn 503 at SIGTERM/,
    }],
  ])("finds %s", async (_what, lines, broken) => {
    const tag = `${image}-broken`;
    await buildFrom([`FROM ${image}`, "USER 0", ...lines, ...(lines.includes("USER 0") ? [] : ["USER 10001:10001"])].join("\n"), tag);
    try {
      const kept = ["migrations", "migrate", "tenants", "ids"];
      const results = await check(tag, [...kept, "describe", "health", "tenant", "access", ...Object.keys(broken)]);
      const found = Object.fromEntries(results.map(({ clause, outcome, detail }) => [clause, `${outcome}: ${detail}`]));
      for (const [clause, why] of Object.entries(broken)) {
        expect(found[clause], clause).toMatch(/^(broken|skipped): /);
        expect(found[clause]!.replace(/^\w+: /, ""), clause).toMatch(why);
      }
      for (const clause of kept.filter((name) => found[name] && !found[name].startsWith("skipped"))) expect(found[clause]).toMatch(/^holds/);
    } finally {
      await run("docker", ["rmi", "--force", tag]);
    }
  }, 300_000);

  it("an image that is not there breaks the first clause and is no fault of ours", async () => {
    expect(await check("etage-check/none:there", ["user"])).toMatchObject([{ outcome: "broken", detail: expect.stringContaining("there is no image") }]);
  }, 120_000);
});

async function buildFrom(dockerfile: string, tag: string): Promise<void> {
  const building = run("docker", ["build", "--quiet", "--tag", tag, "-"]);
  building.child.stdin!.end(`${dockerfile}\n`);
  await building;
}
