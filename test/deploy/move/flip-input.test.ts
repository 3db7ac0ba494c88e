/** What the flip is told, for either way. */
import { expect, it } from "vitest";
import { flipFor } from "../../../deploy/move/flip-input.ts";
import type { Hands } from "../../../deploy/move/hands.ts";
import { outputsOf, smallFleet } from "../support/fleet.ts";

const fleet = smallFleet({ customers: [{ slug: "acme", name: "Acme", tier: "dedicated", hostnames: ["shop.acme.example"] }] });
const side = (name: string, container: string) => ({ host: fleet.host(name)!, outputs: { ...outputsOf(name), privateAddress: name === "shared" ? "10.0.1.2" : "10.0.1.3", database: { user: "app", name: `db_${name}` } }, app: { name: container } });
const hands = {
  context: { fleet }, slug: "acme", folders: ["acme"], data: { slug: "acme", key: "7", reference: [], tables: [{}] },
  gathered: { source: side("shared", "app-v1-aaa"), target: side("acme", "app-v1-bbb") },
  link: { source: { gateway: "172.18.0.1", databasePort: 20_000, app: "172.18.0.1:20001" }, target: { gateway: "172.19.0.1", databasePort: 20_000, app: "172.19.0.1:20001" } },
} as unknown as Hands;
const options = { attempt: "op", mode: "flip", holdLimitMilliseconds: 1000 } as const;

it("leads from the host that is left to the other, and back the other way round", () => {
  const [there, back] = [flipFor(hands, "source", options), flipFor(hands, "target", options)];
  expect(there.route).toMatchObject({ service: "move-acme", hosts: ["acme.example.com", "shop.acme.example"], old: "app-v1-aaa:3000", next: "172.18.0.1:20001" });
  expect(back.route).toMatchObject({ service: "move-acme", old: "app-v1-bbb:3000", next: "172.19.0.1:20001" });
  expect([there.old.database, back.old.database]).toEqual(["db_shared", "db_acme"]);
  expect(there.next.conninfo).toContain("host='172.18.0.1' port=20000");
  expect(there.next.conninfo).toContain("dbname='db_acme'");
  expect(back.next.conninfo).toContain("dbname='db_shared'");
  expect(there.files!.receiver.at(-2)).toBe("10.0.1.3");
  expect(back.files!.receiver.at(-2)).toBe("10.0.1.2");
});

it("every wait lies within the hold's limit, and nothing secret is in it", () => {
  const input = flipFor(hands, "source", { ...options, holdLimitMilliseconds: 200 });
  expect(input).toMatchObject({ limitMilliseconds: 200, rehearsal: { calmMilliseconds: 10 } });
  expect(input.statements.seal).toMatch(/seal\(:mark, 140\)/);
  expect(JSON.stringify(input)).not.toMatch(/hidden|password/i);
});

it("each customer's own database is asked where hosting.yaml says that it has one", () => {
  const own = { ...hands, slug: "ege-tekstil", context: { fleet: { ...fleet, platform: { ...fleet.platform, app: { ...fleet.platform.app, databasePerCustomer: true } }, customer: () => fleet.customer("acme") } } } as unknown as Hands;
  expect(flipFor(own, "source", options).old).toMatchObject({ database: "db_shared_ege_tekstil" });
  expect(flipFor(own, "source", options).next.conninfo).toContain("dbname='db_acme_ege_tekstil'");
});

it("a rehearsal keeps no snapshots, and without files there is nothing to carry", () => {
  expect(flipFor(hands, "source", { ...options, mode: "rehearse" }).keepSnapshotsSeconds).toBe(0);
  expect(flipFor({ ...hands, folders: [] }, "source", options).files).toBeNull();
});
