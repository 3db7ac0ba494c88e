/** Both programs under Pulumi's mocks: exactly which resources, with which inputs. What the providers make of them: test/lab. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fleet, type Fleet } from "../../model/fleet.ts";
import { fingerprint, outputs as outputsSchema, secrets as secretsSchema } from "../../model/outputs.ts";
import { customers, platform } from "./platform.ts";

interface Made { type: string; name: string; inputs: Record<string, any> }

const HOST_TYPES = [
  "cloudflare:index/originCaCertificate:OriginCaCertificate", "docker:index/container:Container", "docker:index/network:Network",
  "docker:index/remoteImage:RemoteImage", "hcloud:index/firewall:Firewall", "hcloud:index/server:Server",
  "hcloud:index/serverNetwork:ServerNetwork", "hcloud:index/volume:Volume", "hcloud:index/volumeAttachment:VolumeAttachment",
  "pulumi:index:Stash", "pulumi:providers:docker",
];

for (const [name, value] of Object.entries({ HCLOUD_TOKEN: "h".repeat(64), CLOUDFLARE_API_TOKEN: "c".repeat(40), ETAGE_SSH_KEY: "" })) vi.stubEnv(name, value);

const model = fleet(platform, customers);

/** Milliseconds. Three providers' SDKs take their time to load on a busy machine. */
const SLOW = 60_000;

/** Runs one stack's program and returns what it would make and what it exports. */
async function run(stack: string, of: Fleet = model): Promise<{ made: Made[]; exported: Record<string, unknown>; secrets: string[] }> {
  const made: Made[] = [];
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, custom }) => {
      if (custom) made.push({ type, name, inputs });
      return { id: id(type, name), state: { ...inputs, ...computed(type, inputs) } };
    },
    call: ({ token, inputs }) => answers(token, inputs),
  }, "etage", stack, false, "organization");
  // The mocks of @pulumi/pulumi 3.270 know everything about resource hooks but how to register one.
  Object.assign(pulumi.runtime.getMonitor()!, { registerResourceHook: (_: unknown, done: (error: null, answer: object) => void) => done(null, {}) });
  const { shared } = await import("../../stacks/shared.ts");
  const { further } = await import("../../stacks/further.ts");
  const host = of.host(stack)!;
  const exports = await (host.name === "shared" ? shared : further)({ platform: of.platform, host, protect: true });
  const resolved = Object.fromEntries(await Promise.all(Object.entries(exports).map(async ([key, value]) => {
    const output = pulumi.output(value as pulumi.Input<unknown>);
    return [key, { value: await known(output), secret: await pulumi.isSecret(output) }] as const;
  })));
  await pulumi.runtime.disconnect();
  return {
    made,
    exported: Object.fromEntries(Object.entries(resolved).map(([key, { value }]) => [key, value])),
    secrets: Object.keys(resolved).filter((key) => resolved[key]!.secret),
  };
}

const known = (output: pulumi.Output<any>): Promise<unknown> => new Promise((resolve) => output.apply(resolve));

const id = (type: string, name: string): string => (type.startsWith("hcloud:") ? "17" : `${name}-id`);

function computed(type: string, inputs: Record<string, any>): Record<string, unknown> {
  switch (type) {
    case "pulumi:index:Stash": return { output: inputs.input };
    case "hcloud:index/server:Server": return { ipv4Address: "203.0.113.7" };
    case "hcloud:index/serverNetwork:ServerNetwork": return { ip: "10.0.1.2" };
    case "docker:index/remoteImage:RemoteImage": return { imageId: `sha256:${inputs.name}` };
    case "cloudflare:index/originCaCertificate:OriginCaCertificate": return { certificate: "PEM" };
    case "pulumi:pulumi:StackReference": return { outputs: { networkId: "17", sshKeyIds: ["17"] }, secretOutputNames: [] };
    default: return {};
  }
}

function answers(token: string, inputs: Record<string, any>): Record<string, unknown> {
  if (token.includes("getIpRanges")) return { ipv4Cidrs: ["198.51.100.0/24"], ipv6Cidrs: ["2001:db8::/32"] };
  if (token.includes("getZone")) return { zoneId: `zone-${inputs.filter.name}` };
  return {};
}

const count = (made: Made[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { type } of made) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
};
const inputsOf = (made: Made[], type: string, name?: string): Record<string, any> => made.find((one) => one.type === type && (name === undefined || one.name === name))!.inputs;
const records = (made: Made[]): unknown[] => made.filter(({ type }) => type.includes("DnsRecord")).map(({ inputs }) => [inputs.name, inputs.zoneId, inputs.content, inputs.proxied, inputs.ttl]);

describe("the shared stack", () => {
  let result: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => { result = await run("shared"); }, SLOW);

  it("makes one host, and what all hosts lean on", () => {
    expect(count(result.made)).toEqual({
      "hcloud:index/network:Network": 1, "hcloud:index/networkSubnet:NetworkSubnet": 1, "hcloud:index/sshKey:SshKey": 1,
      "cloudflare:index/zoneSetting:ZoneSetting": 4, "cloudflare:index/dnsRecord:DnsRecord": 2,
      ...Object.fromEntries(HOST_TYPES.map((type) => [type, 1])),
      "docker:index/container:Container": 3, "docker:index/remoteImage:RemoteImage": 3, "pulumi:index:Stash": 5,
    });
  });

  it("leads the domain and all names under it to the host", () => {
    expect(records(result.made)).toEqual([["example.com", "zone-example.com", "203.0.113.7", true, 1], ["*.example.com", "zone-example.com", "203.0.113.7", true, 1]]);
  });

  it("protects what holds data twice", () => {
    expect(inputsOf(result.made, "hcloud:index/server:Server")).toMatchObject({ deleteProtection: true, rebuildProtection: true });
    expect(inputsOf(result.made, "hcloud:index/volume:Volume")).toMatchObject({ deleteProtection: true, size: 40, location: "fsn1" });
  });

  it("exports what deploy works from, and what dedicated stacks need", () => {
    expect(outputsSchema.safeParse(result.exported).error).toBeUndefined();
    const { redisUrl } = secretsSchema.parse(result.exported);
    expect(result.exported).toMatchObject({ database: { user: "app", name: "app" }, fingerprints: { redisUrl: fingerprint(redisUrl) } });
    expect(result.exported).toMatchObject({
      host: "shared", address: "203.0.113.7", privateAddress: "10.0.1.2", dataPath: "/mnt/HC_Volume_17",
      services: ["proxy", "postgres", "redis"], hostnames: ["example.com", "*.example.com"], networkId: "17", sshKeyIds: ["17"],
    });
    expect(result.secrets).toEqual(["databaseUrl", "redisUrl", "certificateKey"]);
  });

  it("keeps the private host key and the passwords out of everything but secrets", () => {
    const { userData } = inputsOf(result.made, "hcloud:index/server:Server");
    expect(JSON.stringify(userData)).toContain("OPENSSH PRIVATE KEY");
    expect(JSON.stringify(result.made.filter(({ type }) => type.startsWith("docker:")).map(({ inputs }) => ({ ...inputs, uploads: [] })))).not.toMatch(/PRIVATE KEY|requirepass/);
  });
});

describe("a live dedicated stack", () => {
  let result: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => { result = await run("helmex"); }, SLOW);

  it("makes a host in the shared stack's network", () => {
    expect(Object.keys(count(result.made)).sort()).toEqual([...HOST_TYPES, "cloudflare:index/dnsRecord:DnsRecord", "pulumi:pulumi:StackReference"].sort());
    expect(inputsOf(result.made, "hcloud:index/server:Server")).toMatchObject({ name: "demo-helmex", serverType: "cx23", sshKeys: ["17"], firewallIds: [17] });
    expect(inputsOf(result.made, "hcloud:index/serverNetwork:ServerNetwork")).toEqual({ serverId: 17, networkId: 17 });
  });

  it("has its own records and a certificate for the names in our zones", () => {
    expect(records(result.made)).toEqual([
      ["helmex.example.com", "zone-example.com", "203.0.113.7", true, 1], ["www.example.net", "zone-example.net", "203.0.113.7", true, 1],
    ]);
    expect(inputsOf(result.made, "cloudflare:index/originCaCertificate:OriginCaCertificate")).toMatchObject({ hostnames: ["helmex.example.com", "www.example.net"], requestType: "origin-ecc", requestedValidity: 5475 });
  });

  it("runs PostgreSQL on the volume, with memory and without swap", () => {
    expect(inputsOf(result.made, "docker:index/container:Container", "helmex-postgres")).toMatchObject({
      name: "postgres", image: "sha256:postgres:18", memory: 512, memorySwap: 512, restart: "unless-stopped", destroyGraceSeconds: 60,
      mounts: [{ type: "bind", source: "/mnt/HC_Volume_17/postgres", target: "/var/lib/postgresql", readOnly: false }],
      labels: [{ label: "etage.service", value: "postgres" }],
    });
  });

  it("talks to Docker only on a machine with the pinned key", () => {
    const { host, sshOpts } = inputsOf(result.made, "pulumi:providers:docker");
    expect(host).toBe("ssh://deploy@203.0.113.7:22");
    expect(sshOpts).toContain(`KnownHostsCommand=/bin/echo helmex ${result.exported.hostKey}`);
  });

  it("admits the web from Cloudflare only", () => {
    const { rules } = inputsOf(result.made, "hcloud:index/firewall:Firewall");
    expect(rules.find((rule: { port?: string }) => rule.port === "443").sourceIps).toEqual(["198.51.100.0/24", "2001:db8::/32"]);
  });
});

describe("a staged dedicated stack", () => {
  it("has everything but records, and says that it is staged", async () => {
    const { made, exported } = await run("orion");
    expect(Object.keys(count(made)).sort()).toEqual([...HOST_TYPES, "pulumi:pulumi:StackReference"].sort());
    expect(exported).toMatchObject({ phase: "staged", hostnames: ["orion.example.com"] });
  }, SLOW);
});

describe("a further shared stack", () => {
  const two = fleet({ ...platform, sharedHosts: 3 }, [...customers, { ...customers[0]!, slug: "birch", host: "shared-2", hostnames: ["birch.example.net"] }]);

  it("is a host in the first one's network, with a record for each of its customers, since the wildcard leads elsewhere", async () => {
    const { made, exported } = await run("shared-2", two);
    expect(Object.keys(count(made)).sort()).toEqual([...HOST_TYPES, "cloudflare:index/dnsRecord:DnsRecord", "pulumi:pulumi:StackReference"].sort());
    expect(inputsOf(made, "hcloud:index/server:Server")).toMatchObject({ name: "demo-shared-2", serverType: "cx33" });
    expect(records(made)).toEqual([["birch.example.com", "zone-example.com", "203.0.113.7", true, 1], ["birch.example.net", "zone-example.net", "203.0.113.7", true, 1]]);
    expect(outputsSchema.safeParse(exported).error).toBeUndefined();
    expect(exported).toMatchObject({ host: "shared-2", hostnames: ["birch.example.com", "birch.example.net"] });
  }, SLOW);

  it("without customers has no record, and a certificate for those who come", async () => {
    const { made } = await run("shared-3", two);
    expect(records(made)).toEqual([]);
    expect(inputsOf(made, "cloudflare:index/originCaCertificate:OriginCaCertificate")).toMatchObject({ hostnames: ["*.example.com"] });
  }, SLOW);
});
