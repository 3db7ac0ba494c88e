/** What an operator wants to know at the end of a bad night. Pure. */
import type { Drill } from "./drill.ts";
import type { PublicAnswer } from "./site/customers.ts";
import type { Inside } from "./site/inspect.ts";
import type { Summary } from "./traffic/tally.ts";

export interface Ending {
  hosts: Inside[];
  customers: PublicAnswer[];
  /** Of the journal and the store's locks. */
  openEnds: string[];
  traffic: Summary;
  /** Commands that did not end as they should. */
  surprises: string[];
}

export function verdict(drill: Pick<Drill, "noticed">, { hosts, customers, openEnds, traffic, surprises }: Ending): { ok: boolean; lines: string[] } {
  const rows = hosts.map(({ host, release, leftovers }) => {
    const own = customers.filter((answer) => answer.host === host);
    const wrong = [...own.flatMap(({ slug, fault }) => fault ? [`${slug}: ${fault}`] : []), ...leftovers, ...(release === null ? ["no release serves"] : [])];
    return { line: `${host.padEnd(10)} ${(release ?? "–").padEnd(6)} ${own.filter(({ fault }) => !fault).length} of ${own.length} names answer${wrong.length > 0 ? `; ${wrong.join("; ")}` : ""}`, ok: wrong.length === 0 };
  });
  const unnoticed = traffic.failed === 0 || drill.noticed !== "nobody";
  const checks = [
    ...rows,
    { line: openEnds.length === 0 ? "no lock is left, and the journal has no open end" : openEnds.join("; "), ok: openEnds.length === 0 },
    { line: `customers sent ${traffic.sent} requests, ${traffic.failed} failed${traffic.failed > 0 ? ` (${traffic.failures.slice(0, 3).join("; ")})` : ""}`, ok: unnoticed },
    ...surprises.map((line) => ({ line, ok: false })),
  ];
  return { ok: checks.every(({ ok }) => ok), lines: checks.map(({ line, ok }) => `${ok ? "✓" : "✗"} ${line}`) };
}
