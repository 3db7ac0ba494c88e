/** What a cell must show, against what was seen. Pure. */
import type { StepName } from "../../deploy/report/event.ts";
import type { Summary } from "../traffic/tally.ts";
import type { Inside } from "../site/inspect.ts";
import type { PublicAnswer } from "../site/customers.ts";
import type { Row } from "./rows.ts";

export interface Seen {
  /** Release on all hosts before the cell, the one that was rolled, and the one that all must have in the end. */
  from: string;
  rolled: string;
  wanted: string;
  victim: string;
  /** The strike's step; null: it never came. */
  struck: StepName | null;
  /** Exit codes of the run that was struck (null: it had to be killed because it did not end) and of the next one. */
  codes: [number | null, number];
  /** What the next run complained about, when it failed. */
  complaint: string;
  /** What was on the hosts after the struck run, once the fault was mended, and after the next one. */
  between: Inside[];
  after: Inside[];
  customersBetween: PublicAnswer[];
  customersAfter: PublicAnswer[];
  /** Of the journal and the store's locks, at the end. */
  openEnds: string[];
  traffic: Summary;
  /** Customers by the host that they are on. */
  hostOf: Record<string, string>;
}

/** Sentences, expected and seen; none when the cell is right. */
export function faultsOf(row: Row, step: StepName, seen: Seen): string[] {
  return [...endings(row, step, seen), ...hostsBetween(row, step, seen), ...hostsAfter(seen), ...customers(seen), ...seen.openEnds.map((end) => `at the end: ${end}`), ...requests(row, step, seen)];
}

function endings(row: Row, step: StepName, { struck, codes: [first, next], complaint }: Seen): string[] {
  const allowed = row.name === "kill-9" ? [137] : row.hits === "release" || step === "undo" ? [1] : [0, 1];
  return [
    ...(struck === null ? [`step ${step} never began`] : []),
    ...(first === null ? ["the struck run had to be killed: it did not end"] : allowed.includes(first) ? [] : [`the struck run ended with ${first} instead of ${allowed.join(" or ")}`]),
    ...(next === 0 ? [] : [`the next run ended with ${next} instead of 0: ${complaint}`]),
  ];
}

/** A killed tool and a host out of reach leave things lying about; everybody else clears up. */
function hostsBetween(row: Row, step: StepName, { from, rolled, victim, between }: Seen): string[] {
  const clears = row.name !== "kill-9" && row.hits !== "host" && !(row.name === "full-disk");
  const backOnly = row.hits === "release" || step === "undo";
  return between.flatMap(({ host, release, leftovers }) => {
    const allowed = host === victim && backOnly ? [from] : [from, rolled];
    return [
      ...(release !== null && allowed.includes(release) ? [] : [`after the struck run ${host} was on ${release ?? "no release"} instead of ${allowed.join(" or ")}`]),
      ...(clears ? leftovers.map((left) => `after the struck run ${host} had ${left}`) : []),
    ];
  });
}

function hostsAfter({ wanted, after }: Seen): string[] {
  return after.flatMap(({ host, release, leftovers }) => [
    ...(release === wanted ? [] : [`in the end ${host} is on ${release ?? "no release"} instead of ${wanted}`]),
    ...leftovers.map((left) => `in the end ${host} has ${left}`),
  ]);
}

function customers({ wanted, customersBetween, customersAfter }: Seen): string[] {
  const wrong = (answers: PublicAnswer[], when: string): string[] => answers.flatMap(({ slug, fault }) => fault ? [`${when} ${slug}: ${fault}`] : []);
  return [
    ...wrong(customersBetween, "after the struck run"), ...wrong(customersAfter, "in the end"),
    ...customersAfter.filter(({ fault, release }) => !fault && release !== wanted).map(({ slug, release }) => `in the end ${slug} is answered by ${release} instead of ${wanted}`),
  ];
}

/** Once a bad release has the customers' requests, its own customers notice; nobody else ever does. */
const SERVING: ReadonlySet<StepName> = new Set(["canary", "switch", "gate-outside", "steady", "drain", "prune", "record", "backups", "unlock"]);

function requests(row: Row, step: StepName, { victim, traffic, hostOf }: Seen): string[] {
  const excused = row.hits === "host" || (row.hits === "release" && SERVING.has(step));
  const hurt = Object.entries(traffic.customers).filter(([slug]) => !(excused && hostOf[slug] === victim));
  return hurt.length === 0 ? [] : [`${hurt.reduce((sum, [, { failed }]) => sum + failed, 0)} of ${traffic.sent} requests failed, of ${hurt.map(([slug]) => slug).join(", ")}: ${traffic.failures.filter((line) => hurt.some(([slug]) => line.includes(`× ${slug} `))).slice(0, 3).join("; ")}`];
}
