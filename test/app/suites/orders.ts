import { describe, expect, it } from "vitest";
import type { Platform } from "../support/platform.ts";

const order = (reference: string, extra: object = {}) => ({ json: { reference, items: [{ product: "pear", quantity: 2, unitPrice: 150 }, { product: "=plum", quantity: 1, unitPrice: 25 }], ...extra } });

export const orderSuite = (platform: () => Platform) => describe("orders", () => {
  it("are created with their items, changed, listed by status, page by page, and exported", async () => {
    const { ask, tenants } = platform();
    await tenants([{ slug: "orders", name: "Orders" }]);
    const made = await Promise.all(["A", "B", "C"].map((name) => ask("orders", "/api/orders", order(name))));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(made[0]!.json).toMatchObject({ reference: "A", status: "open", currency: "EUR", userId: null, total: 325, items: [{ product: "pear", quantity: 2, unitPrice: 150 }, { product: "=plum" }] });

    const ids = made.map(({ json }) => json.id as number).sort((a, b) => a - b);
    const first = (await ask("orders", "/api/orders?limit=2")).json;
    expect(first).toMatchObject({ items: [{ id: ids[0] }, { id: ids[1] }], next: ids[1] });
    expect((await ask("orders", `/api/orders?limit=2&after=${first.next}`)).json).toMatchObject({ items: [{ id: ids[2] }], next: null });

    expect((await ask("orders", `/api/orders/${ids[1]}`, { method: "PATCH", json: { status: "paid" } })).json.status).toBe("paid");
    expect((await ask("orders", "/api/orders?status=paid")).json.items).toHaveLength(1);

    const csv = await ask("orders", "/api/orders/export");
    expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8");
    const lines = csv.text.trimEnd().split("\n");
    expect(lines[0]).toBe("order,reference,status,currency,created,product,quantity,unitPrice");
    expect(lines).toHaveLength(7);
    expect(lines.filter((line) => line.includes(",'=plum,1,25"))).toHaveLength(3);

    expect((await ask("orders", `/api/orders/${ids[0]}`, { method: "DELETE" })).status).toBe(204);
    expect((await ask("orders", `/api/orders/${ids[0]}`)).status).toBe(404);
    expect(await ask("orders", "/api/orders", order("B"))).toMatchObject({ status: 409, json: { error: { message: "There is one already with this reference." } } });
  });

  it("an export reads on over many pages", async () => {
    const { ask, tenants, database } = platform();
    await tenants([{ slug: "many", name: "Many" }]);
    await database`insert into orders (organisation_id, reference) select id, 'M' || n from organisations, generate_series(1, 450) n where slug = 'many'`;
    await database`insert into order_items (organisation_id, order_id, product, quantity, unit_price) select o.organisation_id, o.id, 'p', 1, 1 from orders o join organisations t on t.id = o.organisation_id where t.slug = 'many'`;
    expect((await ask("many", "/api/orders/export")).text.trimEnd().split("\n")).toHaveLength(451);
  });

  it.each([
    [{ reference: "X", items: [] }, "items"],
    [{ reference: "", items: [{ product: "a", quantity: 1, unitPrice: 1 }] }, "reference"],
    [{ reference: "X\0", items: [{ product: "a", quantity: 1, unitPrice: 1 }] }, "reference: must not contain NUL"],
    [{ reference: "X", items: [{ product: "a", quantity: 1.5, unitPrice: -1 }] }, "items.0.quantity"],
    [{ reference: "X", items: [{ product: "a", quantity: 1, unitPrice: 1 }], currency: "euro" }, "currency: expected an ISO 4217 code"],
    ["text", "expected object"],
  ])("%j is refused with its place", async (json, message) => {
    const answer = await platform().ask("acme", "/api/orders", { json });
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "invalid" } } });
    expect(answer.json.error.message).toContain(message);
  });

  it.each([["?limit=0", 400], ["?limit=201", 400], ["?status=lost", 400], ["?colour=red", 400], ["/0", 404], ["/abc", 404], ["/99999999999999999999", 404], ["/export?rate=0", 400]])("GET /api/orders%s answers %i", async (path, status) => {
    expect((await platform().ask("acme", `/api/orders${path}`)).status).toBe(status);
  });

  it("malformed JSON and other content types are refused", async () => {
    const send = (type: string) => platform().ask("acme", "/api/orders", { body: Buffer.from("{"), headers: { "content-type": type } });
    expect((await send("application/json")).status).toBe(400);
    expect((await send("text/xml")).status).toBe(415);
  });
});
