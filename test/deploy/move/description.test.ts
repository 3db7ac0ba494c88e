/** What a release may answer to `describe`. */
import { describe, expect, it } from "vitest";
import { parseDescription } from "../../../deploy/move/description.ts";

const answer = { slug: "acme", key: "7", rows: [{ table: "organisations", column: "id" }], files: ["acme"], hostTables: ["jobs_seen"] };

describe("a release says where a customer's data lies", () => {
  it("tables and folders", () => {
    expect(parseDescription(`${JSON.stringify(answer)}\n`, "v1")).toEqual({
      tenancy: { key: "7", rows: answer.rows, hostTables: ["jobs_seen"] }, folders: ["acme"],
    });
  });

  it.each([
    ["no JSON", "usage: serve"],
    ["nothing", ""],
    ["a folder outside", JSON.stringify({ ...answer, files: ["../etc"] })],
    ["an absolute folder", JSON.stringify({ ...answer, files: ["/etc"] })],
    ["the whole folder", JSON.stringify({ ...answer, files: ["."] })],
    ["a folder that goes up again", JSON.stringify({ ...answer, files: ["acme/../../etc"] })],
    ["no key", JSON.stringify({ ...answer, key: undefined })],
  ])("%s is refused", (_what, text) => {
    expect(() => parseDescription(text, "v1")).toThrow(/`describe` of v1/);
  });
});
