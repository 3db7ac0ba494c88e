import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Count, chooseBands } from "../../../../deploy/move/data/bands.ts";
import { describeDifference, differing } from "../../../../deploy/move/data/compare.ts";
import { schemaDifferences } from "../../../../deploy/move/data/fingerprint.ts";
import { moveNames } from "../../../../deploy/move/data/names.ts";
import { insertOrder } from "../../../../deploy/move/data/order.ts";
import { literal } from "../../../../deploy/move/data/quote.ts";

const slug = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

it("names are PostgreSQL's, short enough, and no two customers share one", () => {
  fc.assert(fc.property(slug, slug, (one, other) => {
    const { prefix, out, back } = moveNames(one);
    for (const name of [`${prefix}_truncate`, out, back]) expect(name).toMatch(/^etage_move_[a-z0-9_]{1,52}$/);
    if (one !== other) expect(moveNames(other).prefix).not.toBe(prefix);
  }));
});

it("a value cannot leave its quotes", () => {
  expect(literal("o'neil")).toBe("'o''neil'");
  expect(literal("a\\' b")).toBe(" E'a\\\\'' b'");
});

describe("the order of tables", () => {
  const key = (table: string, references: string) => ({ name: "fk", table, references, deferrable: false });

  it("puts what is referred to first; a table may refer to itself", () => {
    expect(insertOrder(["items", "orders", "users"], [key("items", "orders"), key("orders", "users"), key("users", "users")])).toEqual({ sorted: ["users", "orders", "items"], circle: [] });
  });

  it("names those that go in a circle", () => {
    expect(insertOrder(["a", "b", "c"], [key("a", "b"), key("b", "a")])).toEqual({ sorted: ["c", "a", "b"], circle: ["a", "b"] });
  });
});

describe("bands of numbers", () => {
  const count = (last: bigint, highest = last, type: Count["type"] = "bigint"): Count => ({ sequence: "public.s", type, last: String(last), highest: String(highest) });
  const first = (target: Count, ...others: Count[]): bigint | undefined => {
    const [band] = chooseBands([target], others.map((other) => [other]));
    return band && BigInt(band.first);
  };

  it("a fresh target gets one above all that anybody has seen", () => {
    expect(first(count(0n), count(500n))).toBe(10n ** 12n);
    expect(first(count(0n), count(500n), count(3n * 10n ** 12n + 8n))).toBe(4n * 10n ** 12n);
    expect(first(count(0n), count(500n, 5n * 10n ** 12n))).toBe(6n * 10n ** 12n);
    expect(first(count(9n, 9n, "integer"), count(20n, 20n, "integer"))).toBe(10n ** 8n);
  });

  it("one that is alone in its own keeps it, so that nothing is set twice", () => {
    expect(first(count(10n ** 12n), count(500n))).toBeUndefined();
    expect(first(count(10n ** 12n + 5n), count(500n, 10n ** 12n + 3n))).toBeUndefined();
    expect(first(count(10n ** 12n + 5n), count(500n, 10n ** 12n + 9n))).toBe(2n * 10n ** 12n);
  });

  it("two hosts never count where the other does, in whichever order customers move", () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(1000)), { maxLength: 30 }), (moves) => {
      const hosts = Array.from({ length: 5 }, () => count(0n));
      for (const [from, to, made] of moves) {
        if (from === to) continue;
        hosts[from] = count(BigInt(hosts[from]!.last) + BigInt(made), BigInt(hosts[from]!.highest) > BigInt(hosts[from]!.last) + BigInt(made) ? BigInt(hosts[from]!.highest) : BigInt(hosts[from]!.last) + BigInt(made));
        const band = first(hosts[to]!, ...hosts.filter((_, at) => at !== to));
        const last = band ?? BigInt(hosts[to]!.last);
        const highest = [last, BigInt(hosts[to]!.highest), BigInt(hosts[from]!.highest)].reduce((one, other) => (one > other ? one : other));
        for (const [at, other] of hosts.entries()) if (at !== to) expect(BigInt(other.last) / 10n ** 12n).not.toBe(last / 10n ** 12n);
        hosts[to] = count(last, highest);
      }
    }));
  });

  it("a type without room is said", () => {
    expect(() => first(count(2_050_000_000n, 2_050_000_000n, "integer"), count(2_050_000_500n, 2_050_000_500n, "integer"))).toThrow("public.s counts in integer and has no range of numbers left for another host");
  });
});

it("schemas are compared by object, and each difference is a sentence", () => {
  expect(schemaDifferences({ "column public.orders.x": "bigint", "index public.i": "a" }, { "index public.i": "b", "view public.v": "c" })).toEqual([
    "column public.orders.x is missing on the target", 'index public.i is "a" on the source and "b" on the target', "view public.v is on the target only",
  ]);
});

it("rows that differ are named with their range", () => {
  const found = differing({ '["1"]': "a", '["2"]': "b", '["3"]': "c" }, { '["2"]': "x", '["3"]': "c", '["4"]': "d" })!;
  expect(found).toEqual({ missing: [["1"]], extra: [["4"]], changed: [["2"]] });
  expect(differing({ '["1"]': "a" }, { '["1"]': "a" })).toBeUndefined();
  expect(describeDifference({ table: "public.orders", after: null, to: ["9"], missing: [["1"], ["5"]], extra: [], changed: [["2"]] }))
    .toBe("public.orders, from the first row up to (9): 2 rows are missing on the target, the first is (1); 1 row is different, (2)");
});
