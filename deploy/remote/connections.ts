/** The connections of one operation: at most one living one per host, opened when first needed, all closed at the end. */
import type { Runner } from "./runner.ts";

export class Connections {
  readonly #open: (host: string) => Promise<Runner>;
  readonly #runners = new Map<string, Promise<Runner>>();
  constructor(open: (host: string) => Promise<Runner>) {
    this.#open = open;
  }

  /** The host's connection; a new one when there is none or it died. Who asks meanwhile waits for the same one. */
  get(host: string): Promise<Runner> {
    const known = this.#runners.get(host);
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
