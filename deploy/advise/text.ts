/** Advice for people: who, why, what it costs, what to type. */
import { money } from "../cost/money.ts";
import { count } from "../report/units.ts";
import type { Advice } from "./advice.ts";

export interface Asked { customers: number; silent: ReadonlyMap<string, string> }

export function adviceText(advices: readonly Advice[], { customers, silent }: Asked, currency: string, prices: string): string {
  const amount = (direction: Advice["direction"]): number => advices.filter((advice) => advice.direction === direction).length;
  const counts = [[amount("up"), "should move up"], [amount("down"), "could move down"], [amount("limit"), "near a limit"]] as const;
  const named = counts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`).join(", ");
  return [
    ...advices.map((advice) => adviceWords(advice, currency)),
    `${count(customers, "customer")} looked at: ${named || "everybody is well where they are"}`,
    ...[...silent].map(([host, fault]) => `  ✗ ${host} was not asked: ${fault}`),
    prices,
  ].join("\n");
}

function adviceWords({ customer, direction, tier, to, reasons, cost, pays, margin, command, remarks }: Advice, currency: string): string {
  const arrow = ({ before, after }: Advice["cost"]): string => `${before === null ? "?" : money(before, currency)} → ${after === null ? "?" : money(after, currency)}`;
  const title = direction === "limit" ? `${customer}: near a limit of tier ${tier}` : `${customer}: ${direction}, ${tier} → ${to}`;
  return [
    title,
    `  ${reasons.join("; ")}`,
    ...(direction === "limit" ? [] : [`  costs ${arrow(cost)} a month${pays.before === null && pays.after === null ? "" : `, pays ${arrow(pays)}; all customers together leave ${arrow(margin)}`}`]),
    ...remarks.map((remark) => `  note: ${remark}`),
    `  ${command}`,
  ].join("\n");
}
