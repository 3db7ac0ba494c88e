/** Which of a customer's names still lead to the host that is about to forget it. */
import { expect, it } from "vitest";
import { lateNames } from "../../../deploy/move/late-names.ts";

const records: Record<string, string[]> = { "acme.example.com": ["203.0.113.9"], "acme.shop": ["203.0.113.7"], "both.acme.shop": ["203.0.113.9", "203.0.113.7"], "edge.acme.shop": ["198.51.100.1"] };
const resolve = async (name: string): Promise<string[]> => records[name] ?? Promise.reject(new Error(`queryA ENOTFOUND ${name}`));

it("those of which any address is its own; one behind an edge, or that nobody finds, says nothing", async () => {
  expect(await lateNames([...Object.keys(records), "gone.acme.shop"], "203.0.113.7", resolve)).toEqual(["acme.shop", "both.acme.shop"]);
  expect(await lateNames(["acme.example.com"], "203.0.113.7", resolve)).toEqual([]);
});
