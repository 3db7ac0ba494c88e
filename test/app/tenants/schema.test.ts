import { describe, expect, it } from "vitest";
import { organisationId } from "../../../app/tenants/identity.ts";
import { parseTenants } from "../../../app/tenants/schema.ts";

describe("the list of tenants", () => {
  it("fills in what is absent and ignores what a newer program may add", () => {
    expect(parseTenants('[{"slug":"acme","name":"Acme","hostnames":["Shop.Acme.Example"],"limits":{"users":5},"colour":"red"}]')).toEqual([
      { slug: "acme", name: "Acme", hostnames: ["shop.acme.example"], status: "active", limits: { users: 5, storageMegabytes: null, apiCallsPerHour: null, requestsPerMinute: null, monthlyMegabytes: null } },
    ]);
  });

  it.each([
    ["", "Standard input is not JSON"],
    ['{"slug":"acme"}', "expected array"],
    ['[{"slug":"Acme","name":"Acme"}]', "[0.slug]: expected lower-case letters"],
    ['[{"slug":"acme","name":"Acme","status":"gone"}]', "[0.status]"],
    ['[{"slug":"acme","name":"Acme","limits":{"users":0}}]', "[0.limits.users]"],
    ['[{"slug":"acme","name":"Acme","hostnames":["acme"]}]', "[0.hostnames.0]: expected a full hostname"],
    ['[{"slug":"acme","name":"A"},{"slug":"acme","name":"B"}]', "slug acme is given twice"],
    ['[{"slug":"acme","name":"A","hostnames":["x.example"]},{"slug":"beta","name":"B","hostnames":["X.example"]}]', "hostname x.example is given twice (acme, beta)"],
  ])("%s is refused", (text, message) => {
    expect(() => parseTenants(text)).toThrow(message);
  });
});

describe("the tenant key", () => {
  it("depends on the slug alone and fits a JSON number", () => {
    expect(organisationId("acme")).toBe(organisationId("acme"));
    expect(organisationId("acme")).not.toBe(organisationId("acmf"));
    expect(Number.isSafeInteger(organisationId("acme"))).toBe(true);
    // Written down: another value would make every customer of every host a stranger.
    expect(organisationId("helmex")).toBe(197730059287377);
  });
});
