import { describe, expect, it } from "vitest";
import { databaseUrl, redisConfiguration, redisUrl, servicePlans } from "../../infra/services-plan.ts";

const services = {
  postgres: { image: "postgres:18", memoryMegabytes: 1024 },
  redis: { image: "redis:7", memoryMegabytes: 128 },
  proxy: { image: "basecamp/kamal-proxy:v0.9.2", memoryMegabytes: 96 },
};
const secrets = { databasePassword: "database-secret", redisPassword: "redis-secret" };
const plans = servicePlans(services);
const plan = (name: string) => plans.find((candidate) => candidate.name === name)!;

describe("servicePlans", () => {
  it("runs each service with the image and memory of hosting.yaml", () => {
    expect(plans.map(({ name, image, memoryMegabytes }) => [name, image, memoryMegabytes])).toEqual([
      ["proxy", "basecamp/kamal-proxy:v0.9.2", 96], ["postgres", "postgres:18", 1024], ["redis", "redis:7", 128],
    ]);
  });

  it("keeps every service's data on the volume", () => {
    expect(plans.map(({ name, mounts }) => [name, mounts[0]!.source])).toEqual([["proxy", "proxy"], ["postgres", "postgres"], ["redis", "redis"]]);
  });

  it("publishes the web and nothing else", () => {
    expect(plans.flatMap(({ name, ports }) => ports.map((port) => `${name}:${port}`))).toEqual(["proxy:80", "proxy:443"]);
  });

  it("has the proxy tell its figures, on a port that is not published", () => {
    expect(plan("proxy").command).toEqual(["kamal-proxy", "run", "--metrics-port", "9090"]);
    expect(plan("proxy").ports).not.toContain(9090);
  });

  it("has PostgreSQL ready for logical replication, with a bound on what a slot keeps", () => {
    expect(plan("postgres").command).toEqual(["postgres", "-c", "wal_level=logical", "-c", "max_slot_wal_keep_size=2GB"]);
  });

  it("lets the proxy read the TLS files and not change them", () => {
    expect(plan("proxy").user).toBe("10001:10001");
    expect(plan("proxy").mounts[1]).toEqual({ source: "/etc/etage/tls", target: "/etc/etage/tls", readOnly: true });
  });

  describe("with backups", () => {
    const postgres = (path?: string) => servicePlans(services, { stanza: "shared-2", path }).find(({ name }) => name === "postgres")!;

    it("ships WAL under the host's name, in small pieces, and lets it go as long as nobody has said where to", () => {
      const { command, environment, init } = postgres();
      expect([init, plan("postgres").init]).toEqual([true, undefined]);
      expect(command.slice(0, 5)).toEqual(plan("postgres").command);
      expect(command.slice(5)).toEqual([
        "-c", "archive_mode=on",
        "-c", "archive_command=test ! -e /etc/pgbackrest/pgbackrest.conf || pgbackrest --stanza=shared-2 archive-push %p",
        "-c", "archive_timeout=60",
      ]);
      expect(environment).toEqual({ ...plan("postgres").environment, POSTGRES_INITDB_ARGS: "--wal-segsize=1" });
    });

    it("shows it where to ship to and whom the host trusts, and lets it change neither", () => {
      expect(postgres().mounts.slice(1)).toEqual([
        { source: "/etc/etage/backup", target: "/etc/pgbackrest", readOnly: true },
        { source: "/etc/ssl/certs", target: "/etc/ssl/certs", readOnly: true },
      ]);
      expect(postgres("/mnt/backup").mounts.at(-1)).toEqual({ source: "/mnt/backup", target: "/mnt/backup", follow: true });
    });

    it("leaves the other services as they are", () => {
      const others = (all: typeof plans) => JSON.stringify(all.filter(({ name }) => name !== "postgres"));
      expect(others(servicePlans(services, { stanza: "shared" }))).toBe(others(plans));
    });
  });

  it("hands passwords over in files, never in an argument, variable or probe", () => {
    const visible = JSON.stringify(plans.map(({ command, environment, probe }) => ({ command, environment, probe })));
    expect(visible).not.toContain("secret");
    expect(plans.flatMap(({ files }) => files.map(({ path, content }) => [path, content(secrets)]))).toEqual([
      ["/etc/etage/postgres-password", "database-secret"],
      ["/usr/local/etc/redis/redis.conf", redisConfiguration("redis-secret")],
    ]);
  });
});

it("names the services as containers see them", () => {
  expect(databaseUrl("p")).toBe("postgres://app:p@postgres:5432/app");
  expect(redisUrl("p")).toBe("redis://:p@redis:6379");
});
