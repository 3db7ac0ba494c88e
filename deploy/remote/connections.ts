/** The connections of one operation: at most one living one per host, opened when first needed, all closed at the end. */
import type { Runner } from "./runner.ts";

export class Connections {
  readonly #open: (host: string) => Promise<Runner>;
  readonly #runners = new Map<string, Promise<Runner>>();
  /** Opened ahead, and not asked for yet. */
  readonly #ahead = new Set<string>();
  constructor(open: (host: string) => Promise<Runner>) {
    this.#open = open;
  }

  /** Begins to connect to a host that will be asked for: shaking hands takes time that something else can use. A failure is told to who asks. */
  ahead(host: string): void {
    if (this.#runners.has(host)) return;
    const opening = this.#open(host);
    opening.catch(() => {});
    this.#runners.set(host, opening);
    this.#ahead.add(host);
  }

  /** The host's connection; a new one when there is none or it died. Who asks meanwhile waits for the same one. */
  get(host: string): Promise<Runner> {
    const known = this.#runners.get(host);
    if (known && this.#ahead.delete(host)) return known;
    const next = known === undefined ? this.#open(host) : known.catch(() => undefined).then((runner) => runner?.alive ? runner : this.#open(host));
    this.#runners.set(host, next);
    return next;
  }

  async close(): Promise<void> {
    const all = [...this.#runners.values()];
    this.#runners.clear();
    await Promise.all(all.map(async (runner) => (await runner.catch(() => undefined))?.close()));
  }
}
