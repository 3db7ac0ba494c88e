import { describe, expect, it } from "vitest";
import { type ClauseResult, tryClause } from "../../../deploy/app-check/check.ts";
import { Broken, type Clause, excerpt } from "../../../deploy/app-check/clause.ts";
import { clauses } from "../../../deploy/app-check/clauses.ts";
import type { Site } from "../../../deploy/app-check/site.ts";
import { UserError } from "../../../deploy/errors.ts";

const nowhere = {} as Site;
const clause = (check: Clause["check"], needs: string[] = []): Clause => ({ name: "it", needs, check });
const before = (outcome: ClauseResult["outcome"]): ClauseResult[] => [{ clause: "first", outcome, detail: "", seconds: 0 }];

describe("a clause", () => {
  it("holds, breaks, or is skipped when what it needs does not hold", async () => {
    expect(await tryClause(clause(async () => "seen"), nowhere, [])).toMatchObject({ outcome: "holds", detail: "seen" });
    for (const error of [new Broken("expected this"), new UserError("docker does not answer")]) {
      expect(await tryClause(clause(async () => { throw error; }), nowhere, [])).toMatchObject({ outcome: "broken", detail: error.message });
    }
    for (const [outcome, becomes] of [["holds", "holds"], ["broken", "skipped"], ["skipped", "skipped"]] as const) {
      expect(await tryClause(clause(async () => "", ["first"]), nowhere, before(outcome))).toMatchObject({ outcome: becomes });
    }
  });

  it("lets a fault of ours through", async () => {
    await expect(tryClause(clause(async () => { throw new TypeError("ours"); }), nowhere, [])).rejects.toThrow("ours");
  });

  it("needs only what comes before it", () => {
    clauses.forEach(({ name, needs = [] }, at) => {
      for (const need of needs) expect(clauses.slice(0, at).map((earlier) => earlier.name), name).toContain(need);
    });
    expect(new Set(clauses.map(({ name }) => name)).size).toBe(clauses.length);
  });

  it.each([["", "nothing"], ["one\ntwo\n", `"two"`], ["x".repeat(500), `"${"x".repeat(157)}..."`]])("quotes the last line of %j", (text, line) => expect(excerpt(text)).toBe(line));
});
