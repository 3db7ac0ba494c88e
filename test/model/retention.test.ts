/** Days of erasure: what the files may say, and what a calendar makes of it. */
import { describe, expect, it } from "vitest";
import { dayOf, daysAfter, daysUntil, isDue, warningDue } from "../../model/retention.ts";
import type { Customer } from "../../model/schema.ts";
import { type Change, faultLines, judge } from "./files.ts";

const acme = (lines: string): Change => ["c", "    name: Acme\n", `    name: Acme\n${lines}`];

describe("the files", () => {
  it.each<[what: string, changes: Change[], faults: string[]]>([
    ["suspended for good", [acme("    status: suspended\n")], []],
    ["suspended until a day", [acme("    status: suspended\n    eraseOn: \"2026-12-22\"\n")], []],
    ["a day without quotes", [acme("    status: leaving\n    eraseOn: 2026-12-22\n")], []],
    ["active, with a day", [acme("    eraseOn: \"2026-12-22\"\n")], ["customers.yaml:4:5  customers[0].eraseOn  acme is active, and its data would go on 2026-12-22; take it away, or say `status: suspended` or `leaving`  [day-of-erasure]"]],
    ["leaving without a day", [acme("    status: leaving\n")], ["customers.yaml:4:13  customers[0].status  acme is leaving, and nothing says when its data goes; `eraseOn: \"2026-12-31\"`, or deploy customer remove  [day-of-erasure]"]],
    ["a day that there is not", [acme("    status: leaving\n    eraseOn: \"2026-02-30\"\n")], ["customers.yaml:5:14  customers[0].eraseOn  expected a day such as 2026-12-31, found \"2026-02-30\"  [wrong-value]"]],
    ["a retention shorter than the first warning", [["h", "retention: { days: 7 }\n"]], []],
    ["mail without a server", [["h", "credentials: mail\nretention: { warnCustomer: true }\n"]], [
      "hosting.yaml:20:14  credentials  there is no mail server; `notify.mail` names one; or `print`, or a command  [mail-for-customers]",
      "hosting.yaml:21:28  retention.warnCustomer  there is no mail server; `notify.mail` names one  [mail-for-customers]",
    ]],
    ["a page with another status", [["h", "app: { image: registry.example.com/demo/app }", "app: { image: registry.example.com/demo/app, suspendedStatus: 404 }"]], ["hosting.yaml:9:63  app.suspendedStatus  expected one of 402, 403, found 404; did you mean `402`?  [wrong-value]"]],
  ])("%s", (_what, changes, faults) => expect(faultLines(...changes)).toEqual(faults));

  it("the app hears of a leaving customer as suspended", () => {
    const { fleet } = judge(acme("    status: leaving\n    eraseOn: \"2026-12-22\"\n"));
    expect(fleet!.host("shared")!.customers.map(({ slug, status }) => [slug, status])).toEqual([["acme", "suspended"], ["birch", "active"]]);
    expect(fleet!.customer("acme")!.customer.status).toBe("leaving");
  });
});

describe("the calendar", () => {
  const noon = new Date("2026-11-22T12:00:00Z");
  it("counts days of UTC", () => {
    expect(dayOf(noon)).toBe("2026-11-22");
    expect(daysAfter(noon, 30)).toBe("2026-12-22");
    expect([new Date("2026-11-22T00:00:00Z"), noon, new Date("2026-11-22T23:59:59Z")].map((now) => daysUntil("2026-11-29", now))).toEqual([7, 7, 7]);
  });
  it.each<[string, Customer["status"], string | undefined, due: boolean, warning: number | undefined]>([
    ["active", "active", undefined, false, undefined],
    ["suspended for good", "suspended", undefined, false, undefined],
    ["far ahead", "leaving", "2026-12-22", false, undefined],
    ["two weeks ahead", "leaving", "2026-12-06", false, 14],
    ["between two warnings: the one that has passed", "leaving", "2026-12-01", false, 14],
    ["a week ahead", "suspended", "2026-11-29", false, 7],
    ["tomorrow", "leaving", "2026-11-23", false, 1],
    ["today", "leaving", "2026-11-22", true, undefined],
    ["long ago", "suspended", "2026-01-01", true, undefined],
  ])("%s", (_what, status, eraseOn, due, warning) => {
    expect(isDue({ status, eraseOn }, noon)).toBe(due);
    expect(warningDue({ status, eraseOn }, [14, 7, 1], noon)).toBe(warning);
  });
});
