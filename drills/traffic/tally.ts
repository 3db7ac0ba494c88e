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

export class Tally {
  #sent = 0;
  #good = 0;
  #latencies: number[] = [];
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
    const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
    return {
      sent: this.#sent, ok: this.#sent - failed, failed,
      failures: [...this.#failures].toSorted(([, a], [, b]) => b - a).slice(0, 10).map(([why, count]) => `${count} × ${why}`),
      customers: { ...this.#customers }, releases: { ...this.#releases },
      milliseconds: { p50: at(0.5), p99: at(0.99), max: at(1) },
    };
  }
}
