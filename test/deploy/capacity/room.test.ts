/** The formula, with the figures of the platforms that it has to be right about. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roomOf } from "../../../deploy/capacity/room.ts";

describe("roomOf", () => {
  // 128 GB: machine learning 24, reverse proxy 0.5, system and buffer 10, and 2.5 for each customer's three containers.
  const silo = { has: 128, percent: 100, fixed: [{ name: "machine learning", amount: 24 }, { name: "proxy", amount: 0.5 }, { name: "system and buffer", amount: 10 }], each: 1 + 1 + 0.5 };

  it("of 128 GB, 15 customers of 2.5 GB take 72 GB and leave 56", () => {
    expect(roomOf({ ...silo, promised: 15 * silo.each })).toMatchObject({ usable: 128, promised: 37.5, taken: 72, free: 56, more: 22 });
  });

  it("37 customers of 2.5 GB fit on 128 GB", () => {
    expect(roomOf({ ...silo, promised: 0 })).toMatchObject({ free: 93.5, more: 37 });
  });

  it.each<[what: string, more: number, input: Partial<Parameters<typeof roomOf>[0]>]>([
    ["one customer of 2.5 GB fits on 3.7 GB", 1, { has: 3.7, fixed: [], promised: 0, each: 2.5 }],
    ["an empty one", 10, {}],
    ["one that is full to the last", 0, { promised: 10 }],
    ["one that is over", 0, { promised: 12 }],
    ["less than one more", 0, { promised: 9.5 }],
    ["exactly one more, in figures that no binary fraction has", 1, { has: 1, each: 0.05, promised: 0.95 }],
    ["only a share may be given out", 8, { percent: 80 }],
    ["what is fixed comes off first", 7, { fixed: [{ name: "system", amount: 2 }, { name: "proxy", amount: 1 }] }],
    ["measured less than promised: what is promised counts", 4, { promised: 6, measured: 2 }],
    ["measured more than promised: what is measured counts", 1, { promised: 6, measured: 8.5 }],
    ["not measured", 4, { promised: 6, measured: null }],
  ])("%s: %i more", (_, more, input) => {
    expect(roomOf({ has: 10, percent: 100, fixed: [], promised: 0, each: 1, ...input }).more).toBe(more);
  });

  it("as many more as it says fit, and not one beyond", () => {
    const whole = (max: number) => fc.integer({ min: 0, max });
    fc.assert(fc.property(whole(1e6), fc.integer({ min: 1, max: 100 }), whole(1e5), whole(1e6), fc.integer({ min: 1, max: 1e5 }), (has, percent, system, promised, each) => {
      const input = { has, percent, fixed: [{ name: "system", amount: system }], each };
      const { more, usable } = roomOf({ ...input, promised });
      const after = (added: number) => roomOf({ ...input, promised: promised + added * each });
      expect(more === 0 || after(more).taken <= usable).toBe(true);
      expect(after(more + 1).free).toBeLessThan(0);
    }));
  });
});
