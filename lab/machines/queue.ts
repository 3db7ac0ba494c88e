/** One thing at a time for each machine, so that an API call and a reboot from inside do not cross. */
export class Queue {
  #last = new Map<number, Promise<unknown>>();

  /** Runs `work` after everything queued before for `id`. */
  run<T>(id: number, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(id) ?? Promise.resolve()).then(work, work);
    const settled = result.catch(() => {});
    this.#last.set(id, settled);
    void settled.then(() => {
      if (this.#last.get(id) === settled) this.#last.delete(id);
    });
    return result;
  }
}
