/** An erasure in words, before anything is removed. */
import { bytes, count } from "../report/units.ts";
import { type ErasurePlan, total } from "./plan.ts";

export function describeErasure({ customer, host, status, eraseOn, counted, archive, expiring, stack, wipes, goesOn, faults }: ErasurePlan): string {
  const { rows, files } = counted;
  return [
    `Erases ${customer} on ${host} for good (${status}${eraseOn ? `, kept until ${eraseOn}` : ""})${goesOn ? "; it was begun before" : ""}:`,
    `  ${count(total(rows), "row")} in ${count(Object.keys(rows).length, "table")}${files.count > 0 ? `, ${count(files.count, "file")} (${bytes(files.bytes)})` : ", no files"}`,
    ...Object.entries(rows).map(([table, amount]) => `    ${table} ${amount}`),
    ...(stack ? [`  its own server, volume, DNS records: stack ${stack} is destroyed`] : []),
    ...(wipes ? [`  all backups of ${host} in the store`] : []),
    archive ? `  first a last archive, kept here until ${archive.keptUntil}` : "  no archive is made",
    ...expiring.map(({ what, until, policy }) => `  stays: ${what}${until ? ` until ${until}` : ""} (${policy})`),
    ...faults.flatMap(({ reason, command }) => [`  ✗ ${reason}`, ...(command ? [`      ${command}`] : [])]),
  ].join("\n");
}

/** Of several, a line each. */
export const erasureLine = ({ customer, host, counted: { rows, files }, faults, stack }: ErasurePlan): string =>
  `  ${customer} on ${host}: ${count(total(rows), "row")}, ${count(files.count, "file")}${stack ? ", its server" : ""}${faults.length > 0 ? `  ✗ ${faults.map(({ reason }) => reason).join("; ")}` : ""}`;
