/** A plan of `apply` in words. */
import { describeMove } from "../move/describe.ts";
import { count, hostsNamed } from "../report/units.ts";
import { type ApplyPlan, type ByHand, isEmpty } from "./plan.ts";

export function describeApply(plan: ApplyPlan): string {
  const { refreshes, moves, credentials, erasures, byHand, held, notices, faults, left } = plan;
  const now = refreshes.filter(({ afterMoves }) => !afterMoves);
  const lines = [
    ...now.map(refreshWords),
    ...moves.flatMap(({ customer, from, to, goesOn, plan: move }) => [
      `  ${customer}: moves from ${from} to ${to}${goesOn ? "; it was begun before" : ""}`, ...(move ? indented(describeMove(move)) : []),
    ]),
    ...refreshes.filter(({ afterMoves }) => afterMoves).map((one) => `${refreshWords(one)}, after the move`),
    ...(credentials.length > 0 ? [`  credentials: ${hostsNamed(credentials)}`] : []),
    ...(erasures.length > 0 ? [`  data whose last day has come: ${hostsNamed(erasures)} → deploy erase`] : []),
  ];
  const head = isEmpty(plan) ? "Plan: nothing to do here" : `Plan: ${[...(refreshes.length > 0 ? [`tell ${count(refreshes.length, "host")}`] : []), ...(moves.length > 0 ? [`move ${count(moves.length, "customer")}, in turn`] : []), ...(credentials.length > 0 ? [`credentials for ${count(credentials.length, "customer")}`] : [])].join("; ")}`;
  return [
    head, ...lines,
    ...byHand.flatMap((one) => words(one, "left to you")), ...held.flatMap((one) => words(one, "left alone")), ...notices.flatMap((one) => words(one, "note")),
    ...left.map(({ what, because }) => `  not done: ${what}, since ${because}`),
    ...faults.flatMap(({ about, reason, commands }) => [`  ✗ ${about}: ${reason}`, ...commands.map((command) => `      ${command}`)]),
  ].join("\n");
}

const refreshWords = ({ host, release, changes, adds }: ApplyPlan["refreshes"][number]): string =>
  `  ${host}: ${changes.join(", ")}${adds.length > 0 ? ` (new: ${adds.join(", ")})` : ""}; stays on ${release}`;

const words = ({ about, reason, commands }: ByHand, title: string): string[] => [`  ${title}: ${about}: ${reason}${commands.length > 0 ? ` → ${commands.join("; ")}` : ""}`];
const indented = (text: string): string[] => text.split("\n").slice(1).map((line) => `  ${line}`);
