/** What customers saw. */
export interface Summary {
  sent: number;
  ok: number;
  failed: number;
  /** The ten most frequent, with how often. */
  failures: string[];
  /** Failed requests by customer, and when the last one was (ISO). */
  customers: Record<string, { failed: number; last: string }>;
  /** Answers by the release that gave them. */
  releases: Record<string, number>;
  milliseconds: { p50: number; p99: number; max: number };
}

/** Of requests that were on their way in some span of time. */
export interface Span { answered: number; p99: number; max: number }

export class Tally {
  #sent = 0;
  #good = 0;
  #latencies: number[] = [];
  /** When each of the answers was there; milliseconds since 1970. */
  readonly #ends: number[] = [];
  #failures = new Map<string, number>();
  #customers: Summary["customers"] = {};
  #releases: Record<string, number> = {};

  sent(): void {
    this.#sent += 1;
  }

  /** An answer came, whatever it was. */
  answered(release: string | undefined, milliseconds: number): void {
    const name = release ?? "none";
    this.#releases[name] = (this.#releases[name] ?? 0) + 1;
    this.#latencies.push(milliseconds);
    this.#ends.push(Date.now());
  }

  /** Milliseconds since 1970, both included. */
  span(from: number, until: number): Span {
    const among = this.#latencies.filter((milliseconds, at) => this.#ends[at]! >= from && this.#ends[at]! - milliseconds <= until).toSorted((a, b) => a - b);
    return { answered: among.length, p99: percentile(among, 0.99), max: percentile(among, 1) };
  }

  fine(): void {
    this.#good += 1;
  }

  fail(slug: string, why: string): void {
    const line = `${slug} ${why}`;
    this.#failures.set(line, (this.#failures.get(line) ?? 0) + 1);
    this.#customers[slug] = { failed: (this.#customers[slug]?.failed ?? 0) + 1, last: new Date().toISOString() };
  }

  get good(): number {
    return this.#good;
  }

  summary(): Summary {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const failed = [...this.#failures.values()].reduce((sum, count) => sum + count, 0);
    return {
      sent: this.#sent, ok: this.#sent - failed, failed,
      failures: [...this.#failures].toSorted(([, a], [, b]) => b - a).slice(0, 10).map(([why, count]) => `${count} × ${why}`),
      customers: { ...this.#customers }, releases: { ...this.#releases },
      milliseconds: { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: percentile(sorted, 1) },
    };
  }
}

/** Of sorted values; 0 when there are none. */
const percentile = (sorted: readonly number[], share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
