/** A small valid pair of files, and a way to say what is different in them. */
import { parseFile } from "../../model/document.ts";
import { formatFaults, type FileName } from "../../model/faults.ts";
import { validate, type Validated } from "../../model/validate.ts";

const HOSTING = `name: demo
domain: example.com
zones: [example.net]
location: fsn1
services:
  postgres: { image: "postgres:18", memoryMegabytes: 512 }
  redis: { image: "redis:7", memoryMegabytes: 64 }
  proxy: { image: "basecamp/kamal-proxy:v0.9.2", memoryMegabytes: 64 }
app: { image: registry.example.com/demo/app }
rollout:
  rings: [{ hosts: [big] }, { tier: shared }]
tiers:
  shared:
    placement: shared
    serverType: cx33
    limits: { users: 20, storageMegabytes: 1000 }
  dedicated:
    placement: dedicated
    serverType: cx23
`;

const CUSTOMERS = `customers:
  - slug: acme
    name: Acme
    tier: shared
  - slug: birch
    name: Birch
    tier: shared
    hostnames: [shop.example.net]
  - slug: big
    name: Big
    tier: dedicated
    phase: live
`;

/** What to do to a file: replace a text that occurs in it once, append lines, or take another text altogether. */
export type Change = readonly [file: "h" | "c", from: string, to: string] | readonly [file: "h" | "c", append: string] | { readonly file: "h" | "c"; readonly text: string };

export function texts(changes: readonly Change[]): Record<FileName, string> {
  const files = { h: HOSTING, c: CUSTOMERS };
  for (const change of changes) {
    if ("text" in change) {
      files[change.file] = change.text;
      continue;
    }
    const [file, from, to] = change;
    if (to !== undefined && files[file].split(from).length !== 2) throw new Error(`"${from}" occurs ${files[file].split(from).length - 1} times`);
    files[file] = to === undefined ? files[file] + from : files[file].replace(from, () => to);
  }
  return { "hosting.yaml": files.h, "customers.yaml": files.c };
}

export function judge(...changes: Change[]): Validated {
  const files = texts(changes);
  return validate(parseFile("hosting.yaml", files["hosting.yaml"]), parseFile("customers.yaml", files["customers.yaml"]));
}

/** Faults as people see them, a line each. */
export const faultLines = (...changes: Change[]): string[] => lines(judge(...changes).faults);
export const warningLines = (...changes: Change[]): string[] => lines(judge(...changes).warnings);

const lines = (faults: Parameters<typeof formatFaults>[0]): string[] => faults.length === 0 ? [] : formatFaults(faults).split("\n");
