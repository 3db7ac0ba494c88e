import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appContainerName, certificateName, cloudName, customerDatabase, firewallName, longestName, networkName, serverName, sshKeyName, volumeName, type NameKind } from "../../model/names.ts";
import { hosting, slug } from "../../model/schema.ts";

describe("physical names", () => {
  it("begin with the platform", () => {
    expect([serverName("epica", "helmex"), volumeName("epica", "helmex"), firewallName("epica", "helmex"), networkName("epica"), sshKeyName("epica", "ayse")])
      .toEqual(["epica-helmex", "epica-helmex", "epica-helmex", "epica", "epica-ayse"]);
  });

  it("refuse what the API would refuse", () => {
    expect(() => serverName("epica", "a".repeat(60))).toThrow(`server name epica-${"a".repeat(60)} has 66 characters; 63 are allowed`);
    expect(() => serverName("epica", "Helmex")).toThrow('server name "epica-Helmex" must be lower-case letters, digits and inner hyphens');
    expect(() => volumeName("epica", "helmex-")).toThrow('volume name "epica-helmex-"');
    expect(() => cloudName("bucket" as NameKind, "x")).toThrow('no naming rule for "bucket"; known: server, volume, firewall, network, sshKey, certificate');
    expect(() => cloudName("toString" as NameKind, "x")).toThrow("no naming rule");
  });

  it("of app containers are Docker's", () => {
    expect(appContainerName("v42", "3f9a1c")).toBe("app-v42-3f9a1c");
    expect(() => appContainerName("v42/x", "3f9a1c")).toThrow('container name "app-v42/x-3f9a1c" may hold letters');
  });
});

describe("a customer's database", () => {
  const outputs = { database: { user: "app", name: "app" } };
  const of = (databasePerCustomer: boolean, slug: string) => customerDatabase({ app: { databasePerCustomer } }, outputs, slug);
  it("is the host's, or its own beside it", () => {
    expect(of(false, "ege-tekstil")).toEqual({ user: "app", name: "app" });
    expect(of(true, "ege-tekstil")).toEqual({ user: "app", name: "app_ege_tekstil" });
  });
  it("is one of its own for each slug, and no name is too long for PostgreSQL", () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])$/), fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])$/), (one, other) => {
      expect(slug.safeParse(one).success).toBe(true);
      expect(of(true, one).name.length).toBeLessThan(64);
      expect(of(true, one).name === of(true, other).name).toBe(one === other);
    }));
  });
});

describe("whatever the schema accepts has a name", () => {
  const slugs = (longest: number) => fc.stringMatching(new RegExp(`^[a-z0-9]([a-z0-9-]{0,${longest - 2}}[a-z0-9])$`));
  const pairs: [fc.Arbitrary<string>, fc.Arbitrary<string>] = [slugs(20), slugs(40)];

  it("within the limits of every kind", () => {
    fc.assert(fc.property(...pairs, (platform, host) => {
      fc.pre(hosting.shape.name.safeParse(platform).success && slug.safeParse(host).success);
      for (const name of [serverName(platform, host), volumeName(platform, host), firewallName(platform, host), sshKeyName(platform, host), certificateName(platform, host)]) {
        expect(name.length).toBeLessThanOrEqual(longestName("server"));
        expect(name).toMatch(/^[a-z0-9][a-z0-9-]*[a-z0-9]$/);
      }
    }));
    expect(serverName("p".repeat(20), "h".repeat(40))).toHaveLength(61);
  });

  it("and no two hosts of a platform share one", () => {
    fc.assert(fc.property(slugs(20), slugs(40), slugs(40), (platform, one, other) => {
      expect(serverName(platform, one) === serverName(platform, other)).toBe(one === other);
    }));
  });
});
