import { describe, expect, it } from "vitest";
import { list } from "../../../lab/hetzner/pagination.ts";

const records = Array.from({ length: 60 }, (_, index) => ({ id: index + 1, name: `n${String(60 - index).padStart(2, "0")}`, odd: index % 2 === 0 }));
const ask = (query: string) =>
  list(
    { id: 0, actionId: 0, query: new URLSearchParams(query), body: undefined, address: "http://lab/v1/things" },
    {
      key: "things",
      records,
      view: (record) => record.id as never,
      sortable: { id: (record) => record.id, name: (record) => record.name },
      filters: { name: (record) => record.name, odd: (record) => String(record.odd) },
      labels: (record) => ({ odd: String(record.odd) }),
    },
  ) as unknown as { body: { things: number[]; meta: { pagination: object } }; headers: { link: string } };

describe("pages", () => {
  it.each([
    ["", 1, 25, null, 2, 3, 25],
    ["page=2", 2, 25, 1, 3, 3, 25],
    ["page=3", 3, 25, 2, null, 3, 10],
    ["page=4", 4, 25, 3, null, 3, 0],
    ["per_page=50", 1, 50, null, 2, 2, 50],
    ["per_page=1000", 1, 50, null, 2, 2, 50],
    ["per_page=10&page=6", 6, 10, 5, null, 6, 10],
    ["name=none", 1, 25, null, null, 1, 0],
  ])("%s", (query, page, per_page, previous_page, next_page, last_page, length) => {
    const { things, meta } = ask(query).body;
    expect(meta.pagination).toEqual({ page, per_page, previous_page, next_page, last_page, total_entries: query === "name=none" ? 0 : 60 });
    expect(things).toHaveLength(length);
  });

  it("links to its neighbours and keeps the query", () => {
    expect(ask("page=2&sort=id:desc").headers.link).toBe(
      '<http://lab/v1/things?page=1&sort=id%3Adesc>; rel="prev", <http://lab/v1/things?page=3&sort=id%3Adesc>; rel="next", <http://lab/v1/things?page=3&sort=id%3Adesc>; rel="last"',
    );
  });

  it.each([
    ["sort=id:desc", [60, 59, 58]],
    ["sort=name", [60, 59, 58]],
    ["sort=name:desc", [1, 2, 3]],
    ["odd=true&sort=id", [1, 3, 5]],
    ["odd=true&odd=false&sort=id", [1, 2, 3]],
    ["label_selector=odd%3Dfalse&sort=id:asc", [2, 4, 6]],
  ])("%s", (query, first) => expect(ask(query).body.things.slice(0, 3)).toEqual(first));

  it.each(["page=0", "page=-1", "page=a", "per_page=0", "sort=size", "sort=id:up", "sort=toString", "label_selector=%3D"])("refuses %s", (query) => {
    expect(() => ask(query)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});
