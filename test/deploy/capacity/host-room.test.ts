import { describe, expect, it } from "vitest";
import { fixedMemory, hostRoom, needOf, RESOURCES, usualNeed } from "../../../deploy/capacity/host-room.ts";
import { sum } from "../../../deploy/capacity/room.ts";
import { fleet } from "../../../model/fleet.ts";
import { customers as list, hosting } from "../../../model/schema.ts";

const platform = (change: object = {}, shared: object = {}) => hosting.parse({
  name: "shop", domain: "example.com", location: "fsn1",
  services: { postgres: { image: "postgres:18", memoryMegabytes: 3072 }, redis: { image: "redis:7", memoryMegabytes: 128 }, proxy: { image: "proxy:1", memoryMegabytes: 96 } },
  app: { image: "registry.example.com/shop/app" },
  tiers: {
    shared: { placement: "shared", serverType: "cx33", volumeGigabytes: 40, limits: { users: 20, storageMegabytes: 1000 }, ...shared },
    dedicated: { placement: "dedicated", serverType: "cx23", limits: { storageMegabytes: 15_000 } },
  },
  ...change,
});
const fleetOf = (customers: object[], change?: object, shared?: object) => fleet(platform(change, shared), list.parse({ customers }).customers);
const many = (count: number, more: object = {}) => Array.from({ length: count }, (_, at) => ({ slug: `c${at}`, name: "C", tier: "shared", ...more }));
const roomAt = (made: ReturnType<typeof fleetOf>, measured?: Parameters<typeof hostRoom>[2], name = "shared") => hostRoom(made.platform, made.host(name)!, measured);

describe("hostRoom", () => {
  it("counts limits of containers, budgets of customers, and what they may store", () => {
    const { rooms, more, limit, customers } = roomAt(fleetOf(many(7)));
    expect(rooms.memory).toMatchObject({ has: 8192, usable: 7372.8, promised: 7 * 64, taken: 512 + 3072 + 128 + 96 + 2 * 256 + 7 * 64, free: 2604.8, more: 40 });
    expect(rooms.cpu).toMatchObject({ has: 4, usable: 3.2, promised: 0.35, free: 2.85, more: 57 });
    expect(rooms.disk).toMatchObject({ has: 40_000, usable: 32_000, promised: 7000, free: 25_000, more: 25 });
    expect({ more, limit, customers }).toEqual({ more: 25, limit: "disk", customers: 7 });
  });

  it.each<[what: string, more: number, limit: string, customers: object[], change?: object, shared?: object]>([
    ["nobody there", 32, "disk", []],
    ["storage is overbooked on purpose", 47, "memory", [], { capacity: { customer: { storageMegabytes: 100 } } }],
    ["a tier that counts differently", 6, "memory", [], {}, { capacity: { memoryMegabytes: 500 } }],
    ["cores", 3, "cpu", [], { capacity: { customer: { cores: 1 } } }],
    ["a customer who bought more room", 24, "disk", [{ slug: "big", name: "Big", tier: "shared", limits: { storageMegabytes: 8000 } }]],
    ["a suspended one keeps its room", 31, "disk", many(1, { status: "suspended" })],
    ["a live dedicated customer takes none", 32, "disk", many(1, { tier: "dedicated", phase: "live" })],
    ["a staged one still lives there, with what the shared tier gave", 31, "disk", many(1, { tier: "dedicated" })],
    ["more than fit", 0, "disk", many(40)],
    ["a worker beside the app", 41, "memory", [], { app: { image: "registry.example.com/shop/app", worker: { memoryMegabytes: 208 } }, capacity: { customer: { storageMegabytes: 1 } } }],
  ])("%s: %i more, by %s", (_, more, limit, customers, change, shared) => {
    expect(roomAt(fleetOf(customers, change, shared))).toMatchObject({ more, limit });
  });

  it("goes by what is measured where that is more", () => {
    expect(roomAt(fleetOf(many(7)), { memory: 7000, cpu: 0.2, disk: 9000 })).toMatchObject({ more: 5, limit: "memory", rooms: { memory: { free: 372.8 }, cpu: { taken: 0.35 }, disk: { more: 23 } } });
  });

  it("without a limit on storage, disk does not limit", () => {
    const made = fleetOf(many(3), {}, { limits: {} });
    expect(usualNeed(made.platform, "shared").disk).toBe(0);
    expect(roomAt(made)).toMatchObject({ limit: "memory", more: 44, rooms: { disk: { more: Infinity } } });
  });

  it("a budget that the catalogue's largest machine has: a customer's own containers beside a large service", () => {
    // 128 GB, 15 customers of 2.5 GB: the figures of the formula's own test, by way of the file.
    const made = fleetOf(many(15), { app: { image: "registry.example.com/shop/app", memoryMegabytes: 32 }, services: { postgres: { image: "p:1", memoryMegabytes: 24 * 1024 }, redis: { image: "r:1", memoryMegabytes: 256 }, proxy: { image: "x:1", memoryMegabytes: 192 } }, capacity: { systemMegabytes: 10 * 1024, memoryPercent: 100, customer: { memoryMegabytes: 2560, storageMegabytes: 1 } } }, { serverType: "ccx53" });
    const { memory } = roomAt(made).rooms;
    expect([memory.taken / 1024, memory.free / 1024, memory.more]).toEqual([72, 56, 22]);
  });
});

describe("needOf", () => {
  it("takes the tier's figures before the platform's, and a storage budget before the limit", () => {
    const made = platform({ capacity: { customer: { memoryMegabytes: 10, cores: 0.1, storageMegabytes: 300 } } }, { capacity: { memoryMegabytes: 20 } });
    expect(needOf(made, "shared", { storageMegabytes: 1000 })).toEqual({ memory: 20, cpu: 0.1, disk: 300 });
  });
});

it("what is fixed is named part by part", () => {
  const made = fleetOf([]);
  expect(fixedMemory(made.platform, made.host("shared")!)).toEqual([
    { name: "system", amount: 512 }, { name: "postgres", amount: 3072 }, { name: "redis", amount: 128 }, { name: "proxy", amount: 96 }, { name: "app 2 ×", amount: 512 },
  ]);
  expect(sum(fixedMemory(made.platform, made.host("shared")!))).toBe(4320);
  expect(RESOURCES).toHaveLength(3);
});
