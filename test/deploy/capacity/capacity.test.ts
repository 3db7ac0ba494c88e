/** The verb against hosts that are looked at: what people and programs are told. */
import { describe, expect, it } from "vitest";
import { measuredBy } from "../../../deploy/capacity/gather.ts";
import { capacity } from "../../../deploy/commands/capacity.ts";
import { openStage } from "../support/context.ts";
import { smallFleet } from "../support/fleet.ts";

const releases = { v1: { migrations: [], layers: { a: 1 } } };
const limited = { capacity: { customer: { storageMegabytes: 1000 } } };

async function ask(args: object, host: Parameters<typeof openStage>[2][string] = { runs: "v1" }, change: object = limited) {
  const made = smallFleet();
  const fleet = { ...made, platform: { ...made.platform, capacity: { ...made.platform.capacity, customer: { ...made.platform.capacity.customer, ...(change as typeof limited).capacity.customer } } } };
  const { context, told, close } = await openStage(fleet, releases, { shared: host, orion: { runs: "v1" } });
  const code = await capacity(context, { json: false, ...args });
  close();
  return { code, text: told.text.join("\n"), data: told.data[0] as { hosts: { more: number; limit: string; fault: string | null; rooms: Record<string, { measured: number | null; more: number | null }> }[] } };
}

describe("deploy capacity", () => {
  it("tells every figure of the formula", async () => {
    const { code, text, data } = await ask({});
    expect(`\n${text}`).toBe(`
shared  cx33, 3 customers of tier shared: 5 more fit, disk is the limit
               HAS  USABLE  FIXED  PROMISED  MEASURED  FREE  PER CUSTOMER  MORE
  memory MB   8192    7373   1664       192     !2048  5325            64    83
  cpu cores      4     3.2      0      0.15      !0.6   2.6          0.05    52
  disk MB    10000    8000      0      3000            5000          1000     5
  fixed memory: system 512, postgres 512, redis 64, proxy 64, app 2 × 256

usable: 90% of memory, 80% of cores, 80% of the data volume (\`capacity\` in hosting.yaml)
free = usable − the larger of (fixed + promised) and measured; more = free / per customer`);
    expect(code).toBe(0);
    expect(data.hosts).toMatchObject([{ host: "shared", tier: "shared", serverType: "cx33", customers: 3, more: 5, limit: "disk", fault: null, rooms: { cpu: { measured: 0.6, more: 52 } } }]);
  });

  it("asks nobody with --offline", async () => {
    const { code, data } = await ask({ offline: true }, "silent");
    expect([code, data.hosts[0]!.rooms.memory!.measured, data.hosts[0]!.fault]).toEqual([0, null, null]);
  });

  it("a host that does not answer is counted by the files, and is a fault", async () => {
    const { code, text } = await ask({}, "silent");
    expect(text).toContain("  ✗ not measured: shared does not answer");
    expect(text).toContain("5 more fit");
    expect(code).toBe(1);
  });

  it("a host that is over its budget is a fault, and says by how much", async () => {
    const { code, text } = await ask({}, { runs: "v1" }, { capacity: { customer: { storageMegabytes: 3000 } } });
    expect(text).toContain("shared  cx33, 3 customers of tier shared: over its budget by 1000 MB of disk");
    expect(code).toBe(1);
  });
});

describe("measuredBy", () => {
  const disk = { path: "/mnt/data", bytes: 40e9, free: 28e9 };
  it.each<[what: string, seen: Partial<Parameters<typeof measuredBy>[0]>, measured: object]>([
    ["memory in use, the load of a quarter of an hour, what is on the volume", {}, { memory: 6144, cpu: 0.3, disk: 12_000 }],
    ["of a kernel that keeps some memory to itself, the share in use", { memory: { bytes: 7.5 * 1024 ** 3, available: 3.75 * 1024 ** 3 }, load: { minute: 4, quarter: 1, cores: 2 } }, { memory: 4096, cpu: 2 }],
    ["no volume", { disks: [{ ...disk, path: "/" }] }, { disk: null }],
    ["a host that says nothing", { memory: null, load: null, disks: [] }, { memory: null, cpu: null, disk: null }],
  ])("%s", (_, seen, measured) => {
    expect(measuredBy({ memory: { bytes: 8 * 1024 ** 3, available: 2 * 1024 ** 3 }, load: { minute: 4, quarter: 0.3, cores: 4 }, disks: [disk], ...seen }, "/mnt/data", { memory: 8192, cpu: 4 })).toMatchObject(measured);
  });
});
