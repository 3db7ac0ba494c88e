/** The fleet that benchmarks measure with: the real program, over SSH, against hosts that are simulated. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeProject, type Project } from "../../bench/fleet/project.ts";
import { type Registry, startRegistry } from "../../bench/fleet/registry.ts";
import { simulate, type Simulated } from "../../bench/fleet/simulate.ts";
import { run } from "../../bench/processes.ts";

let registry: Registry;
let project: Project;
let hosts: Simulated;
const deploy = async (...words: string[]) => (await run(["bin/deploy", ...words, "--json"], { ...project, watch: true }));
const last = (stdout: string) => JSON.parse(stdout.trim().split("\n").at(-1)!);

beforeAll(async () => {
  registry = await startRegistry();
  project = await makeProject({ size: 4, delay: 10, pace: 0, registry: registry.address });
  project.resize(4, 3);
  hosts = await simulate(project);
});
afterAll(async () => {
  await hosts?.stop();
  project?.remove();
  registry?.close();
});

it("is planned, updated and shown as a real one is", async () => {
  const { stdout: planned, used } = await deploy("plan", "v2");
  expect(last(planned).plan.rings.flatMap(({ hosts }: { hosts: { host: string; from: string }[] }) => hosts.map(({ host, from }) => `${host} ${from}`)))
    .toEqual(["customer-1 v1", "customer-2 v1", "customer-3 v1", "shared v1"]);
  expect(used.megabytes).toBeGreaterThan(30);
  await hosts.asked();
  expect(last((await deploy("update-all", "v2", "--yes")).stdout).summary).toMatchObject({ ok: true, failures: 0 });
  const { connections, commands } = await hosts.asked();
  expect(connections).toBe(4);
  expect(commands).toBeGreaterThan(12);
  const shown = last((await deploy("status")).stdout).hosts as { name: string; release: { version: string }; health: { ok: boolean } }[];
  expect(shown.map(({ name, release, health }) => `${name} ${release.version} ${health.ok}`)).toEqual(["shared v2 true", "customer-1 v2 true", "customer-2 v2 true", "customer-3 v2 true"]);
  const { plan } = last((await deploy("plan", "v2")).stdout);
  expect(plan.unchanged).toHaveLength(4);
}, 120_000);

it("has stacks that Pulumi itself can open", async () => {
  const { stdout } = await run(["pulumi", "stack", "output", "--json", "--show-secrets", "--non-interactive", "-s", "customer-1"], { ...project });
  expect(JSON.parse(stdout)).toMatchObject({ host: "customer-1", databaseUrl: "postgres://app:customer-1@postgres:5432/app" });
}, 60_000);
