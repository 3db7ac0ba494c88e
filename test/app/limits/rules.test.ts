import { describe, expect, it } from "vitest";
import { checkUsers, storageLeft, storageRefusal } from "../../../app/limits/rules.ts";
import type { Organisation } from "../../../app/tenants/find.ts";

const organisation = (limits: Partial<Organisation>): Organisation =>
  ({ id: 1, slug: "acme", name: "Acme", status: "active", limitUsers: null, limitStorageMegabytes: null, limitApiCallsPerHour: null, limitRequestsPerMinute: null, limitMonthlyMegabytes: null, ...limits });

describe("users", () => {
  it.each([[null, 1_000_000], [20, 0], [20, 19]])("limit %s admits another beside %i", (limitUsers, existing) => {
    expect(() => checkUsers(organisation({ limitUsers }), existing)).not.toThrow();
  });
  it.each([[20, 20], [20, 25], [1, 1]])("limit %i refuses another beside %i", (limitUsers, existing) => {
    expect(() => checkUsers(organisation({ limitUsers }), existing)).toThrow(expect.objectContaining({ status: 403, code: "user_limit" }));
  });
});

describe("storage", () => {
  it.each([[null, 5, Infinity], [1, 0, 1_000_000], [1, 400_000, 600_000], [1, 1_000_000, 0], [1, 2_000_000, 0]])("limit %s MB with %i bytes used leaves %d", (limitStorageMegabytes, used, left) => {
    expect(storageLeft(organisation({ limitStorageMegabytes }), used)).toBe(left);
  });
  it("says how much is used of how much", () => {
    expect(storageRefusal(organisation({ limitStorageMegabytes: 1000 }), 999_600_000)).toMatchObject({
      status: 413, message: "This file does not fit: Acme uses 999.6 of the 1000 MB of its tier. Delete files or move to a larger tier.",
    });
  });
});
