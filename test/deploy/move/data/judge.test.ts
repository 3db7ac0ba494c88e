import { describe, expect, it } from "vitest";
import type { Inventory, Table } from "../../../../deploy/move/data/inventory.ts";
import { judge } from "../../../../deploy/move/data/judge.ts";
import type { Tenancy } from "../../../../deploy/move/data/tenancy.ts";
import { column, inventory, table } from "./inventories.ts";

const tenancy: Tenancy = { key: 7, rows: [{ table: "orders", column: "tenant" }], hostTables: ["schema_migrations"] };
const good = table("orders", ["tenant", "id"]);
const verdict = (tables: Table[], more: Partial<Inventory> = {}, target?: Inventory) => judge("acme", tenancy, inventory(tables, more), target);

describe("the strategy", () => {
  it.each<[string, string, Tenancy, Table[]]>([
    ["rows", "the app names tables", tenancy, [good]],
    ["database", "one database a customer", { key: 7, rows: [], hostTables: [], databasePerCustomer: true }, [good]],
    ["database", "one database a customer, even an empty one", { key: 7, rows: [], hostTables: [], databasePerCustomer: true }, []],
    ["directory", "no tables", { key: 7, rows: [], hostTables: [] }, []],
    ["directory", "the app says that all are the host's", { key: 7, rows: [], hostTables: ["orders"] }, [good]],
  ])("is %s: %s", (strategy, _why, wanted, tables) => {
    const { reason, ...found } = judge("acme", wanted, inventory(tables));
    expect(found.strategy).toBe(strategy);
    expect(reason).not.toBe("");
  });
});

it("files alone move only when no table may have rows of the customer: else they would stay behind in silence", () => {
  const said = (...hostTables: string[]) => judge("acme", { key: 7, rows: [], hostTables }, inventory([good, table("notes", ["id"]), table("notes_1", ["id"], { partitionOf: "public.notes" })])).faults;
  expect(said("orders", "notes")).toEqual([]);
  expect(said("orders")).toEqual([{ what: "the app names no table with rows of a customer, and does not say either that public.notes is the host's: rows in it would stay behind", mend: [] }]);
  expect(said()).toEqual([{ what: "the app names no table with rows of a customer, and does not say either that public.orders, public.notes are the host's: rows in them would stay behind", mend: [] }]);
});

describe("tables", () => {
  it("of customers move by key, those of nobody are copied, those of the host stay", () => {
    const { move, faults } = verdict([good, table("countries", ["id"], { columns: [column("id")] }), table("schema_migrations", ["id"])],
      { foreignKeys: [{ name: "fk", table: "public.orders", references: "public.countries", deferrable: false }] });
    expect(faults).toEqual([]);
    expect(move.tables).toEqual([{ schema: "public", name: "orders", column: "tenant", columnInKey: true, partitioned: false, columns: ["tenant", "id", "note"], key: [{ name: "id", type: "bigint", collated: false }] }]);
    expect(move.reference.map(({ name }) => name)).toEqual(["countries"]);
  });

  it.each<[string, Table[], Partial<Inventory>, string, string[]]>([
    ["a key without the customer", [table("orders", ["id"])], {}, "public.orders is known by (id), without tenant: its changes cannot be filtered by customer",
      ['CREATE UNIQUE INDEX CONCURRENTLY "orders_replica_identity" ON "public"."orders" ("tenant", "id");', 'ALTER TABLE "public"."orders" REPLICA IDENTITY USING INDEX "orders_replica_identity";']],
    ["a fitting index that is not used", [table("orders", ["id"], { unique: [{ name: "o_pkey", columns: ["id"], primary: true, plain: true }, { name: "o_both", columns: ["tenant", "id"], primary: false, plain: true }] })], {},
      "public.orders is known by (id), without tenant: its changes cannot be filtered by customer", ['ALTER TABLE "public"."orders" REPLICA IDENTITY USING INDEX "o_both";']],
    ["no key", [table("orders", [])], {}, "public.orders has no primary key: its changes cannot be filtered by customer", ['ALTER TABLE "public"."orders" ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;']],
    ["an unlogged table", [{ ...good, unlogged: true }], {}, "public.orders is unlogged; its changes cannot be followed", ['ALTER TABLE "public"."orders" SET LOGGED;']],
    ["a key that leads to the host", [good, table("schema_migrations", ["id"])], { foreignKeys: [{ name: "to_host", table: "public.orders", references: "public.schema_migrations", deferrable: false }] },
      "public.orders refers to public.schema_migrations, which stays on its host", ['ALTER TABLE "public"."orders" DROP CONSTRAINT "to_host";']],
    ["large objects", [{ ...good, columns: [...good.columns, column("scan", { type: "oid", largeObject: true })] }], { largeObjects: 3 }, "the column scan of public.orders may point to large objects, which cannot be followed",
      ['ALTER TABLE "public"."orders" ADD COLUMN "scan_bytes" bytea;', 'UPDATE "public"."orders" SET "scan_bytes" = lo_get("scan");', 'ALTER TABLE "public"."orders" DROP COLUMN "scan";']],
    ["a table that the app forgot", [good, table("notes", ["tenant", "id"])], {}, "public.notes has the column tenant, and the app does not name it: the customer's rows would stay behind", []],
    ["a table that is not there", [], { foreignKeys: [] }, "the app names the table public.orders, which is not there", []],
    ["a small sequence", [good], { sequences: [{ sequence: "public.s", schema: "public", name: "s", type: "smallint", last: "1", cycles: false, increment: "1", uses: [{ table: "public.orders", column: "id" }] }] },
      "the sequence public.s counts in smallint: too few numbers to give each host its own", ['ALTER TABLE "public"."orders" ALTER COLUMN "id" TYPE bigint;', 'ALTER SEQUENCE "public"."s" AS bigint;']],
  ])("with %s are named with what mends them", (_name, tables, more, what, mend) => {
    expect(verdict(tables, more).faults.map((fault) => ({ what: fault.what, mend: fault.mend }))).toContainEqual({ what, mend });
  });

  it("in partitions are judged by each partition's own key", () => {
    const root = table("orders", ["tenant", "id"], { kind: "partitioned" });
    const part = table("orders_1", ["tenant", "id"], { partitionOf: "public.orders", replicaIdentity: null });
    expect(verdict([root, part]).faults).toEqual([expect.objectContaining({ table: "public.orders_1", mend: ['ALTER TABLE "public"."orders_1" REPLICA IDENTITY DEFAULT;'], byPreparation: true })]);
  });
});

describe("servers", () => {
  const source = inventory([good]);
  const target = (more: object): Inventory => inventory([good], { server: { ...source.server, ...more } });

  it.each<[string, Inventory, string]>([
    ["an older target", target({ version: 170_001 }), "the target has PostgreSQL 17, the source 18; a move goes to the same version or a newer one"],
    ["no logical WAL", target({ walLevel: "replica" }), "PostgreSQL on the target runs with wal_level replica; changes cannot be followed"],
    ["no free slot", target({ slots: { used: 9, limit: 10 } }), "the target has 1 of 10 replication slots free; a move needs 3"],
    ["a login without rights", target({ superuser: false }), "the database's login on the target is no superuser; only one may copy past row-level security and follow changes"],
    ["another encoding", target({ encoding: "LATIN1" }), "the source stores text as UTF8, the target as LATIN1"],
  ])("with %s are told", (_name, other, what) => {
    expect(verdict([good], {}, other).faults.map((fault) => fault.what)).toEqual([what]);
  });

  it("without an extension are told what to install, or that it cannot be had", () => {
    const wanting = inventory([good], { extensions: { plpgsql: "1.0", pg_trgm: "1.6", postgis: "3.5" } });
    const { faults } = judge("acme", tenancy, wanting, inventory([good], { available: { pg_trgm: "1.6" } }));
    expect(faults.map(({ what, mend }) => [what, ...mend])).toEqual([
      ["the extension pg_trgm is not installed in the target's database", 'CREATE EXTENSION IF NOT EXISTS "pg_trgm";'],
      ["the extension postgis 3.5 is not there on the target, and its PostgreSQL does not bring it"],
    ]);
  });
});
