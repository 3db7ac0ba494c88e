/** How an operation ended, as text that can be pasted to a colleague: what was to happen, what did, what runs where, what to type. */
import type { Census, HostOutcome, Summary } from "./event.ts";
import { count, hostsNamed, seconds } from "./units.ts";
import { shortName, withoutHost } from "./words.ts";

export function summaryLines(summary: Summary): string[] {
  const { hosts, waiting, skipped, census, next } = summary;
  const details: [title: string, text: string][] = [
    ...ringRows(summary),
    ...failureRows(summary),
    ...waiting.map(({ host, until, reason }): [string, string] => ["waits", `${host}${until ? ` until ${utc(until)}` : ""}: ${reason}`]),
    ...skipped.map(({ host, reason }): [string, string] => ["left out", `${host}: ${reason}`]),
    ...(census ? [["runs now", censusLine(census)] satisfies [string, string]] : []),
    ...(hosts.length > 1 && !summary.ok ? [["journal", `deploy history show ${summary.operation}`] satisfies [string, string]] : []),
  ];
  const width = Math.max(0, ...details.map(([title]) => title.length));
  return [headline(summary), ...details.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`), ...(next ? [`Next: ${next}`] : [])];
}

/** `Halted: update-all v42 on 3 hosts: 1 updated, 1 failed, 1 not reached. 15 s` */
function headline({ verb, release, ok, stopped, hosts, waiting, skipped, seconds: took }: Summary): string {
  const amounts: [amount: number, what: string][] = [
    ...ORDER.map((outcome): [number, string] => [hosts.filter((host) => host.outcome === outcome).length, WORDS[outcome]]),
    [waiting.length, waiting.length === 1 ? "waits for its window" : "wait for their windows"],
    [skipped.length, "left out"],
  ];
  const said = amounts.filter(([amount, what]) => amount > 0 || (!ok && what === WORDS.updated));
  const where = hosts.length === 1 ? hosts[0]!.host : count(hosts.length, "host");
  const short = hosts.length === 1 && ok && hosts[0]!.outcome === "updated" && said.length === 1;
  return `${ok ? "Done" : stopped ? "Stopped" : "Halted"}: ${verb} ${release} on ${where}${short || said.length === 0 ? "" : `: ${said.map(([amount, what]) => `${amount} ${what}`).join(", ")}`}. ${seconds(took)}`;
}

const WORDS: Record<HostOutcome["outcome"], string> = { updated: "updated", unchanged: "already there", failed: "failed", reverted: "brought back", "not-reached": "not reached" };
const ORDER = ["updated", "unchanged", "failed", "reverted", "not-reached"] as const;

/** `ring canaries  2 updated: orion, helmex; 1 failed: nova` */
function ringRows({ rings, hosts }: Summary): [string, string][] {
  const outcomes = new Map(hosts.map(({ host, outcome }) => [host, outcome]));
  if (outcomes.size < 2) return [];
  return rings.map((ring, at) => {
    const groups = ORDER.map((outcome) => [WORDS[outcome], ring.hosts.filter((host) => outcomes.get(host) === outcome)] as const).filter(([, names]) => names.length > 0);
    return [`ring ${at + 1} ${ring.name}`, groups.map(([what, names]) => `${names.length} ${what}: ${hostsNamed(names)}`).join("; ")];
  });
}

/** Of a single host, all that can be said stands right above the summary. */
function failureRows({ hosts, onFailure, failures, mostFailures }: Summary): [string, string][] {
  if (hosts.length < 2) return [];
  const rows = hosts.flatMap(({ host, failure }): [string, string][] => failure ? [["failed", `${host}: ${failure.interrupted ? "" : `${shortName(failure.step)}: `}${withoutHost(failure.reason, host).split("\n", 1)[0]}; ${failure.undone.split("\n", 1)[0]}`]] : []);
  const budget: [string, string][] = onFailure === "halt" || failures === 0 ? [] : [["budget", `${count(failures, "failure")}, ${mostFailures} allowed, then ${onFailure === "revert" ? "all hosts are brought back" : "it halts"}`]];
  return [...rows, ...budget];
}

/** `v42 on 12 hosts, v41 on 2: shared, orion; helmex does not answer` */
export function censusLine(census: readonly (Omit<Census[number], "detail"> & { detail?: string })[]): string {
  const releases = Map.groupBy(census.filter(({ release }) => release !== null), ({ release }) => release!);
  const groups = [...releases].sort(([, a], [, b]) => b.length - a.length);
  const running = groups.map(([release, hosts], at) => at === 0 ? `${release} on ${count(hosts.length, "host")}` : `${release} on ${hosts.length}: ${hostsNamed(hosts.map(({ host }) => host))}`);
  const silent = Map.groupBy(census.filter(({ release }) => release === null), ({ detail = "does not say" }) => detail);
  const troubled = census.filter(({ release, ok, detail }) => release !== null && !ok && detail);
  return [
    ...(running.length > 0 ? [running.join(", ")] : []),
    ...[...silent].map(([detail, hosts]) => `${hostsNamed(hosts.map(({ host }) => host))}${hosts.length === 1 ? " " : ": "}${detail}`),
    ...troubled.map(({ host, detail }) => `✗ ${host}: ${detail}`),
  ].join("; ");
}

/** `2026-05-03 00:00 UTC`: whoever reads a pasted text may sit elsewhere. */
const utc = (iso: string): string => `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;
