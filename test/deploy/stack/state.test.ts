import { describe, expect, it } from "vitest";
import { parseCheckpoint, parseExport } from "../../../deploy/stack/state.ts";
import { outputsOf } from "../support/fleet.ts";

const encrypted = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
const root = (outputs: object) => [{ urn: "u1", type: "pulumi:providers:hcloud" }, { urn: "u2", type: "pulumi:pulumi:Stack", outputs }];
const exported = (resources: unknown, version = 3) => JSON.stringify({ version, deployment: { manifest: {}, resources } });
const checkpoint = (latest: unknown, { version = 4, stack = "organization/etage/orion" } = {}) => JSON.stringify({ version, features: ["hooks"], checkpoint: { stack, latest } });
const whole = { ...outputsOf("orion"), databaseUrl: encrypted, redisUrl: encrypted, certificateKey: encrypted, phase: "live" };

describe("a stack's state", () => {
  it("holds the outputs in the open, and secrets fall away", () => {
    expect(parseExport(exported(root(whole)), "orion")).toEqual(outputsOf("orion"));
    expect(parseCheckpoint(checkpoint({ resources: root(whole) }), "orion")).toEqual(outputsOf("orion"));
  });

  it.each([
    ["nothing", undefined, "host, address, privateAddress, user, hostKey, dataPath, network, services, hostnames, certificate, database, fingerprints"],
    ["no fingerprints yet", root({ ...whole, fingerprints: undefined }), "fingerprints"],
    ["an address that is a secret", root({ ...whole, address: encrypted }), "address"],
  ])("with %s is not fully up", (_name, resources, missing) => {
    const message = `stack orion is not fully up: it has no ${missing}`;
    expect(() => parseExport(exported(resources), "orion")).toThrow(message);
    expect(() => parseCheckpoint(checkpoint({ resources }), "orion")).toThrow(message);
  });

  it("is not fully up before its first update", () => {
    expect(() => parseCheckpoint(checkpoint(null), "orion")).toThrow("stack orion is not fully up");
  });

  it.each([
    ["another stack's", checkpoint({ resources: root(whole) }, { stack: "organization/etage/helmex" })],
    ["of a format to come", checkpoint({ resources: root(whole) }, { version: 5 })],
    ["half a file", checkpoint({ resources: root(whole) }).slice(0, 100)],
    ["something else", "[]"],
  ])("is left to pulumi when the file is %s", (_name, text) => {
    expect(parseCheckpoint(text, "orion")).toBeUndefined();
  });

  it("of a format to come is said to be one", () => {
    expect(() => parseExport(exported(root(whole), 5), "orion")).toThrow("the state of stack orion has a format that this version of deploy does not know");
  });
});
