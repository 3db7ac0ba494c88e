/** The connections of one operation: at most one living one per host, opened when first needed, all closed at the end. */
import type { Runner } from "./runner.ts";

export class Connections {
  readonly #open: (host: string) => Promise<Runner>;
  readonly #runners = new Map<string, Promise<Runner>>();
  constructor(open: (host: string) => Promise<Runner>) {
    this.#open = open;
  }

  /** The host's connection; a new one when there is none or it died. */
  async get(host: string): Promise<Runner> {
    const known = await this.#runners.get(host)?.catch(() => undefined);
    if (known?.alive) return known;
    const opening = this.#open(host);
    this.#runners.set(host, opening);
    return opening;
  }

  async close(): Promise<void> {
    const all = [...this.#runners.values()];
    this.#runners.clear();
    await Promise.all(all.map(async (runner) => (await runner.catch(() => undefined))?.close()));
  }
}
