/** What the rounds gave, by contender, place and number of hosts. */
import type { Ran } from "../processes.ts";
import type { Contender } from "./contenders.ts";
import type { Place } from "./stage.ts";

export interface Sample extends Pick<Ran, "seconds" | "lines"> {
  /** Round trips to each host, where the operator is far. */
  trips: number[] | undefined;
}

export class Samples {
  readonly #cells = new Map<string, Sample[]>();

  add(contender: Contender, place: Place, hosts: number, sample: Sample): void {
    const key = keyOf(contender, place, hosts);
    this.#cells.set(key, [...this.#cells.get(key) ?? [], sample]);
  }

  #of(contender: Contender, place: Place, hosts: number): Sample[] {
    return this.#cells.get(keyOf(contender, place, hosts)) ?? [];
  }

  seconds(contender: Contender, place: Place, hosts: number): number[] {
    return this.#of(contender, place, hosts).map(({ seconds }) => seconds);
  }

  trips(contender: Contender, place: Place, hosts: number): number[] {
    return this.#of(contender, place, hosts).flatMap(({ trips }) => trips ?? []);
  }

  /** Median over the rounds of how many times as long the one took as the other in the same round. */
  ratio(one: Contender, other: Contender, place: Place, hosts: number): number {
    const others = this.seconds(other, place, hosts);
    return median(this.seconds(one, place, hosts).map((value, round) => value / others[round]!));
  }

  /** Seconds by part, in the order in which they happen: until the first step, each step, after the last. */
  parts(contender: Contender, place: Place, hosts: number): [string, number[]][] {
    const parts = new Map<string, number[]>();
    const note = (part: string, seconds: number): void => { parts.set(part, [...parts.get(part) ?? [], seconds]); };
    for (const { seconds, lines } of this.#of(contender, place, hosts)) {
      const events = lines.filter(({ text }) => text.startsWith("{")).map(({ at, text }) => ({ at, ...JSON.parse(text) as { type?: string; step?: string; seconds?: number } }));
      const steps = events.filter(({ type }) => type === "step-ended");
      const first = lines.find(({ text }) => text.includes('"step-started"'));
      if (first) note("until the first step", first.at);
      for (const { step, seconds: took } of steps) note(`step ${step}`, took!);
      const last = lines.findLast(({ text }) => text.includes('"step-ended"'));
      if (last) note("after the last step", seconds - last.at);
    }
    return [...parts];
  }
}

const keyOf = (contender: Contender, place: Place, hosts: number): string => JSON.stringify([contender.name, place.name, hosts]);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
