/** Reading from disk: the shipped files, files that are missing, misnamed, unreadable. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelError, readModel } from "../../model/read.ts";
import { texts } from "./files.ts";

const root = join(import.meta.dirname, "../..");

describe("the shipped files", () => {
  const { fleet, warnings } = readModel(root);
  it("have neither faults nor warnings", () => {
    expect(warnings).toEqual([]);
  });
  it("are the platform of the README: a shared host and two dedicated ones", () => {
    expect(fleet.platform).toMatchObject({ name: "epica", domain: "epica.com.tr" });
    expect(fleet.platform.tiers.shared).toMatchObject({ placement: "shared", limits: { users: 20, storageMegabytes: 1000, apiCallsPerHour: 1000 } });
    expect(fleet.hosts.map(({ name, kind, phase }) => [name, kind, phase])).toEqual([["shared", "shared", "live"], ["helmex", "dedicated", "live"], ["orion", "dedicated", "live"]]);
    expect(fleet.host("shared")!.customers.length).toBeGreaterThanOrEqual(6);
  });
});

describe("files that can't be read", () => {
  let directory: string;
  beforeEach(() => { directory = mkdtempSync(join(tmpdir(), "etage-model-")); });
  afterEach(() => { rmSync(directory, { recursive: true }); });

  function faults(): string[] {
    try {
      readModel(directory);
      return [];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      return error.message.replaceAll(directory, "DIRECTORY").split("\n");
    }
  }
  const write = (name: "hosting.yaml" | "customers.yaml", content: string | Buffer = texts([])[name], as: string = name) => { writeFileSync(join(directory, as), content); };

  it("both missing: both are told", () => {
    expect(faults()).toEqual([
      "2 faults in hosting.yaml and customers.yaml",
      "hosting.yaml:1:1  there is no such file in DIRECTORY; run in the project's root, or see docs/configuration.md  [file-missing]",
      "customers.yaml:1:1  there is no such file in DIRECTORY; run in the project's root, or see docs/configuration.md  [file-missing]",
    ]);
  });
  it("misnamed", () => {
    write("hosting.yaml");
    write("customers.yaml", undefined, "customers.yml");
    expect(faults()).toEqual(["1 fault in customers.yaml", "customers.yaml:1:1  there is no such file in DIRECTORY; rename `customers.yml` to `customers.yaml`  [file-missing]"]);
  });
  it("a directory in its place", () => {
    write("hosting.yaml");
    mkdirSync(join(directory, "customers.yaml"));
    expect(faults()).toEqual(["1 fault in customers.yaml", "customers.yaml:1:1  the file can't be read: EISDIR: illegal operation on a directory, read  [file-unreadable]"]);
  });
  it("no UTF-8", () => {
    write("hosting.yaml");
    write("customers.yaml", Buffer.from("customers:\n  - { slug: acme, name: \xdcnal, tier: shared }\n", "latin1"));
    expect(faults()).toEqual(["1 fault in customers.yaml", "customers.yaml:1:1  the file is not UTF-8 text; save it as UTF-8  [file-unreadable]"]);
  });
  it("Windows line ends and a byte order mark are fine", () => {
    write("hosting.yaml", `\uFEFF${texts([])["hosting.yaml"].replaceAll("\n", "\r\n")}`);
    write("customers.yaml");
    expect(faults()).toEqual([]);
  });
  it("one missing: the other is still judged", () => {
    write("customers.yaml", "customers:\n  - { slug: www, name: Acme, tier: shared }\n");
    expect(faults()).toEqual([
      "2 faults in hosting.yaml and customers.yaml",
      "hosting.yaml:1:1  there is no such file in DIRECTORY; run in the project's root, or see docs/configuration.md  [file-missing]",
      'customers.yaml:2:13  customers[0].slug  "www" is a reserved name; choose another, for example `www-customer`  [reserved-slug]',
    ]);
  });
});
