/** The Docker provider against this machine's engine: the renamed properties, and what a change does to a container. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyProgram, type TinyProgram } from "./tiny-program.ts";

const name = `etage-engine-${process.pid}`;

const source = (memory: number, mode: string) => `
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
const network = new docker.Network("network", { name: "${name}" });
new docker.Container("container", {
  name: "${name}", image: "debian:bookworm-slim", command: ["sleep", "infinity"],
  networksAdvanced: [{ name: network.name, aliases: ["sleeper"] }],
  memory: ${memory}, memorySwap: ${memory}, restart: "unless-stopped", envs: [pulumi.secret("PASSWORD=open-sesame"), "MODE=${mode}"],
  destroyGraceSeconds: 1,
});
`;

const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
const container = () => JSON.parse(docker("inspect", name))[0];

describe("the Docker provider", () => {
  let program: TinyProgram;
  const up = () => program.must("up", "--yes", "--skip-preview", "-s", "one");
  beforeAll(async () => {
    program = tinyProgram(source(64, "first"));
    await program.must("stack", "init", "one");
  });
  afterAll(async () => {
    await program.pulumi("destroy", "--yes", "--skip-preview", "-s", "one");
    program.remove();
  });

  it("creates a container as asked, keeps its secret, and has nothing to do a second time", async () => {
    await up();
    const { Config, HostConfig, NetworkSettings } = container();
    expect(Config.Cmd).toEqual(["sleep", "infinity"]);
    expect(HostConfig.Memory).toBe(64 * 1024 * 1024);
    expect(NetworkSettings.Networks[name].Aliases).toContain("sleeper");
    expect(await program.must("stack", "export", "-s", "one")).not.toContain("open-sesame");
    await program.must("preview", "--expect-no-changes", "-s", "one");
    await program.must("refresh", "--yes", "--skip-preview", "--expect-no-changes", "-s", "one");
  });

  it("changes a memory limit in place and replaces for a new environment", async () => {
    const { Id } = container();
    program.write(source(96, "first"));
    expect(await up()).toMatch(/1 updated/);
    expect(container()).toMatchObject({ Id, HostConfig: { Memory: 96 * 1024 * 1024 } });
    program.write(source(96, "second"));
    expect(await up()).toMatch(/1 replaced/);
    expect(container().Id).not.toBe(Id);
  });

  it("brings back what was removed by hand", async () => {
    docker("rm", "--force", name);
    await program.must("refresh", "--yes", "--skip-preview", "-s", "one");
    expect(await up()).toMatch(/1 created/);
    expect(container().State.Running).toBe(true);
  });

  it("removes all", async () => {
    expect(await program.must("destroy", "--yes", "--skip-preview", "-s", "one")).toMatch(/3 deleted/);
    expect(docker("ps", "--all", "--quiet", "--filter", `name=${name}`)).toBe("");
  });
});
