import { describe, expect, it } from "vitest";
import { addresseeOf } from "../../../app/tenants/host.ts";

describe("whom a Host header means", () => {
  it.each([
    ["epica.test", { kind: "platform" }],
    ["EPICA.test:443", { kind: "platform" }],
    ["epica.test.", { kind: "platform" }],
    ["acme.epica.test", { kind: "slug", slug: "acme" }],
    ["Acme.Epica.Test:8080", { kind: "slug", slug: "acme" }],
    ["a-b.epica.test.:443", { kind: "slug", slug: "a-b" }],
    ["deep.acme.epica.test", { kind: "hostname", hostname: "deep.acme.epica.test" }],
    ["shop.acme.example", { kind: "hostname", hostname: "shop.acme.example" }],
    ["notepica.test", { kind: "hostname", hostname: "notepica.test" }],
    ["10.77.1.10", { kind: "nobody" }],
    ["10.77.1.10:3000", { kind: "nobody" }],
    ["[::1]:3000", { kind: "nobody" }],
    ["localhost", { kind: "nobody" }],
    [".epica.test", { kind: "nobody" }],
    ["-x.epica.test", { kind: "nobody" }],
    ["a_b.epica.test", { kind: "nobody" }],
    ["a b.epica.test", { kind: "nobody" }],
    [`${"a".repeat(64)}.epica.test`, { kind: "nobody" }],
    [`${"a.".repeat(130)}epica.test`, { kind: "nobody" }],
    ["", { kind: "nobody" }],
    [undefined, { kind: "nobody" }],
  ])("%s", (header, expected) => {
    expect(addresseeOf(header, "epica.test")).toEqual(expected);
  });
});
