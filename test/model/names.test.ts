import { describe, expect, it } from "vitest";
import { appContainerName, cloudName, firewallName, longestName, networkName, serverName, sshKeyName, volumeName, type NameKind } from "../../model/names.ts";
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

describe("whatever the schema accepts has a name", () => {
  /** Deterministic, so that a failure can be repeated. */
  function* slugs(longest: number): Generator<string> {
    const schema = slug.max(longest);
    const letters = "abcxyz019-";
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let count = 0; count < 2000; count++) {
      const text = Array.from({ length: 2 + next(longest - 1) }, () => letters[next(letters.length)]).join("");
      if (schema.safeParse(text).success) yield text;
    }
    yield "a".repeat(longest);
  }

  it("within the limits of every kind", () => {
    const platforms = [...slugs(20)].filter((name) => hosting.shape.name.safeParse(name).success);
    const hosts = [...slugs(40)];
    expect(Math.min(platforms.length, hosts.length)).toBeGreaterThan(1000);
    for (let at = 0; at < hosts.length; at++) {
      const platform = platforms[at % platforms.length]!;
      for (const name of [serverName(platform, hosts[at]!), volumeName(platform, hosts[at]!), sshKeyName(platform, hosts[at]!)]) {
        if (name.length > longestName("server") || !/^[a-z0-9][a-z0-9-]*[a-z0-9]$/.test(name)) expect.fail(name);
      }
    }
  });

  it("and no two hosts share one", () => {
    // The platform's part is fixed, so names differ exactly as the hosts do.
    const hosts = new Set(slugs(40));
    expect(new Set([...hosts].map((host) => serverName("epica", host))).size).toBe(hosts.size);
  });
});
