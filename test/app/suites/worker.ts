import { beforeAll, describe, expect, it } from "vitest";
import type { Platform } from "../support/platform.ts";
import { run, work } from "../support/program.ts";

export const workerSuite = (platform: () => Platform) => describe("worker", () => {
  beforeAll(() => platform().tenants([{ slug: "busy", name: "Busy" }, { slug: "fenced", name: "Fenced" }]));
  const order = async (slug: string, kind: string, input: object = {}) => {
    const answer = await platform().ask(slug, "/api/jobs", { json: { kind, input } });
    expect(answer.status).toBe(202);
    return answer.headers.location!;
  };
  const job = async (slug: string, path: string) => (await platform().ask(slug, path)).json;
  const state = (slug: string, path: string) => async () => (await job(slug, path)).state;
  const seen = async () => JSON.parse((await run(["workers"], platform().environment)).stdout) as { release: string; state: string; silentSeconds: number }[];

  it("takes jobs, says that it lives, and leaves when told", async () => {
    const { environment } = platform();
    const usage = await order("busy", "usage");
    expect(await job("busy", usage)).toMatchObject({ state: "waiting", attempts: 0 });
    const worker = await work({ ...environment, RELEASE: "v2" });
    await expect.poll(state("busy", usage)).toBe("done");
    expect(await job("busy", usage)).toMatchObject({ attempts: 1, result: { users: 0, orders: 0, tickets: 0, uploads: 0, storageBytes: 0 } });
    expect(await seen()).toMatchObject([{ release: "v2", state: "idle" }]);
    expect((await seen())[0]!.silentSeconds).toBeLessThan(10);
    expect(await worker.stop()).toBe(0);
    expect(await seen()).toEqual([]);
  });

  it("on SIGTERM finishes the job in hand and takes no other; the next release's worker does, beside it", async () => {
    const { environment } = platform();
    const old = await work(environment);
    const first = await order("busy", "report", { seconds: 8 });
    await expect.poll(state("busy", first)).toBe("running");
    const second = await order("busy", "report", { seconds: 0 });
    old.signal("SIGTERM");
    await expect.poll(async () => (await seen()).map(({ state }) => state)).toEqual(["stopping"]);
    expect(await state("busy", second)()).toBe("waiting");
    const next = await work({ ...environment, RELEASE: "v2" });
    await expect.poll(state("busy", second)).toBe("done");
    expect(await state("busy", first)()).toBe("running");
    expect(await old.ended).toBe(0);
    expect(await job("busy", first)).toMatchObject({ state: "done", attempts: 1 });
    expect(await next.stop()).toBe(0);
  });

  it("gives back what it cannot finish within DRAIN_SECONDS, and says so", async () => {
    const { environment } = platform();
    const worker = await work({ ...environment, DRAIN_SECONDS: "0.5" });
    const long = await order("busy", "report", { seconds: 60 });
    await expect.poll(state("busy", long)).toBe("running");
    expect(await worker.stop()).toBe(1);
    expect(worker.log()).toContain("job given back");
    expect(await job("busy", long)).toMatchObject({ state: "waiting", attempts: 0 });
    await platform().database`delete from jobs where state = 'waiting'`;
  });

  it("a killed worker's job is done by another; two never do the same one", async () => {
    const { environment, database } = platform();
    const worker = await work(environment);
    const lost = await order("busy", "report", { seconds: 2 });
    await expect.poll(state("busy", lost)).toBe("running");
    worker.signal("SIGKILL");
    await worker.ended;
    // Half a minute passes.
    await database`update jobs set beat_at = now() - interval '31 seconds' where state = 'running'`;
    const many = await Promise.all(Array.from({ length: 20 }, () => order("busy", "usage")));
    const both = await Promise.all([work(environment), work(environment)]);
    for (const path of [lost, ...many]) await expect.poll(state("busy", path)).toBe("done");
    expect((await job("busy", lost)).attempts).toBe(2);
    for (const path of many) expect((await job("busy", path)).attempts).toBe(1);
    expect(await Promise.all(both.map((each) => each.stop()))).toEqual([0, 0]);
    expect(both.flatMap((each) => each.log().match(/"job done"/g) ?? [])).toHaveLength(21);
  });

  it("a tenant whose rows refuse to be written is left alone, and holds up nobody", async () => {
    const { environment, database } = platform();
    await database.unsafe(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'fenced'; end $$;
      create trigger fence before update on jobs for each row when (old.organisation_id = (${(await database`select id from organisations where slug = 'fenced'`)[0]!.id})) execute function refuse()`);
    const stuck = await order("fenced", "usage");
    const free = await order("busy", "usage");
    const worker = await work(environment);
    await expect.poll(state("busy", free)).toBe("done");
    expect(await state("fenced", stuck)()).toBe("waiting");
    expect(worker.log()).toContain("left alone for ten seconds");
    expect(await worker.stop()).toBe(0);
    await database.unsafe("drop trigger fence on jobs; drop function refuse()");
  });

  it.each([[{ kind: "nonsense" }, 400], [{ kind: "report", input: { seconds: 100 } }, 400], [{ kind: "report", input: { colour: 1 } }, 400]])("%j is refused", async (json, status) => {
    expect((await platform().ask("busy", "/api/jobs", { json })).status).toBe(status);
  });

  it("another tenant's jobs do not exist", async () => {
    const path = await order("busy", "usage");
    expect((await platform().ask("fenced", path)).status).toBe(404);
    expect(JSON.stringify((await platform().ask("fenced", "/api/jobs")).json)).not.toContain(path.split("/").at(-1));
  });

  it("does not start on a database without its tables", async () => {
    const { code, stderr } = await run(["work"], await platform().emptyDatabase());
    expect(code).toBe(1);
    expect(stderr).toContain("run `migrate` first");
  });
});
