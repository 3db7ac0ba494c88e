import { describe, expect, it } from "vitest";
import { fleet } from "../../model/fleet.ts";
import { hostOf } from "../../stacks/host-of.ts";
import { customers, platform } from "./platform.ts";

const model = fleet(platform, customers);

describe("hostOf", () => {
  it.each([["shared", "shared"], ["helmex", "dedicated"], ["orion", "dedicated"]])("stack %s is a %s host", (name, kind) => {
    expect(hostOf(model, name)).toMatchObject({ name, kind });
  });

  it("stack shared-2 is a shared host when the files have one", () => {
    expect(hostOf(fleet({ ...platform, sharedHosts: 2 }, customers), "shared-2")).toMatchObject({ name: "shared-2", kind: "shared" });
    expect(() => hostOf(model, "shared-2")).toThrow("Stack shared-2: there is no host of this name.");
  });

  it.each([
    ["helmx", "Stack helmx: there is no host of this name. Did you mean `helmex`? Stacks: shared, helmex, orion. Nothing was changed"],
    ["acme", "Stack acme: there is no host of this name. Customer acme is in a shared tier and lives on host shared; its stack is shared. Stacks: shared, helmex, orion. Nothing was changed"],
    ["production", "Stack production: there is no host of this name. A dedicated customer gets its stack by being in customers.yaml. Stacks: shared, helmex, orion. Nothing was changed"],
  ])("refuses stack %s", (name, message) => {
    expect(() => hostOf(model, name)).toThrow(message);
  });
});
