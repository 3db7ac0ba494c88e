import { randomBytes } from "node:crypto";
import { checkApp, type ClauseResult } from "../app-check/check.ts";
import { clauses } from "../app-check/clauses.ts";
import { exitCode, Refused } from "../errors.ts";
import { LocalRunner } from "../remote/local.ts";
import { count } from "../report/units.ts";
import type { Handler } from "./verb.ts";

const signs = { holds: "✓", broken: "✗", skipped: "·" } as const;

export const appCheck: Handler = async ({ fleet: { platform }, report, signal, shortId }, args) => {
  if (platform.app.databasePerCustomer) throw new Refused("the check tries apps that keep all customers of a host in one database; hosting.yaml says app.databasePerCustomer", "docs/app-contract.md says what is asked of such an app");
  const width = Math.max(...clauses.map(({ name }) => name.length));
  const results = await checkApp({
    runner: new LocalRunner(), image: String(args.image), platform, id: shortId(), clauses, signal,
    postgres: String(args.postgres ?? platform.services.postgres.image), redis: String(args.redis ?? platform.services.redis.image),
    password: randomBytes(18).toString("base64url"),
    tell: ({ clause, outcome, detail }) => report.text(`${signs[outcome]} ${clause.padEnd(width)}  ${detail}`),
  });
  const not = (outcome: ClauseResult["outcome"]): number => results.filter((result) => result.outcome === outcome).length;
  const ok = not("holds") === results.length;
  report.data({ image: args.image, ok, clauses: results });
  report.text(ok ? `${args.image} follows the contract: ${count(results.length, "clause")} tried.` : `${args.image} does not follow the contract: ${not("broken")} broken, ${not("skipped")} not tried, ${not("holds")} hold. See docs/app-contract.md.`);
  return ok ? exitCode.ok : exitCode.failed;
};
