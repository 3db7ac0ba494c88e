import { describe, expect, it } from "vitest";
import { isLabelKey, isLabelValue, parseSelector } from "../../../lab/hetzner/labels.ts";

const labels = { env: "prod", tier: "shared", empty: "", "example.com/zone": "b" };

describe("selectors", () => {
  it.each([
    ["env=prod", true],
    ["env==prod", true],
    ["env = prod", true],
    ["env=test", false],
    ["env!=test", true],
    ["env!=prod", false],
    ["absent!=prod", true],
    ["env", true],
    ["absent", false],
    ["!absent", true],
    ["!env", false],
    ["empty=", true],
    ["env in (prod,test)", true],
    ["env in (test)", false],
    ["env in (prod, test ), tier=shared", true],
    ["absent in (prod)", false],
    ["env notin (prod)", false],
    ["env notin (test,stage)", true],
    ["absent notin (prod)", true],
    ["env=prod,tier=shared", true],
    ["env=prod,tier=dedicated", false],
    ["example.com/zone=b", true],
    ["!absent,env,tier in (shared)", true],
  ])("%s: %s", (selector, expected) => {
    expect(parseSelector(selector)(labels)).toBe(expected);
  });

  it.each(["", ",", "env=", "=prod", "env=a b", "env in ()", "env in prod", "env in (a", "-env", "env=prod,", "env=prod;tier", "a/b/c"])("refuses '%s' or takes it as no more than it says", (selector) => {
    if (selector === "env=" || selector === "env in ()") return expect(parseSelector(selector)({ env: "" })).toBe(true);
    expect(() => parseSelector(selector)).toThrow(expect.objectContaining({ code: "invalid_input", status: 422 }));
  });
});

describe("labels", () => {
  it.each([["a", true], ["a-b.c_d", true], ["example.com/a", true], ["", false], ["-a", false], ["a-", false], ["x".repeat(63), true], ["x".repeat(64), false], ["hetzner.cloud/a", false], ["a/b/c", false], ["Example.com/a", false]])(
    "key '%s': %s",
    (key, expected) => expect(isLabelKey(key)).toBe(expected),
  );
  it.each([["", true], ["a", true], ["a_b", true], ["a b", false], ["-", false], ["x".repeat(64), false]])("value '%s': %s", (value, expected) => expect(isLabelValue(value)).toBe(expected));
});
