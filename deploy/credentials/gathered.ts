/** Has one thing done for many who ask one by one. */

/** One run at a time; whoever asks while it is at work is in the next one, with all others who do. `run` resolves in the order of its list, with an error for whom it failed. */
export function gathered<T, R>(run: (list: readonly T[]) => Promise<readonly (R | Error)[]>): (one: T) => Promise<R> {
  let waiting: { one: T; resolve(value: R): void; reject(error: unknown): void }[] = [];
  let busy = false;
  async function work(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const now = waiting;
      waiting = [];
      try {
        const came = await run(now.map(({ one }) => one));
        now.forEach(({ resolve, reject }, at) => came[at] instanceof Error ? reject(came[at]) : resolve(came[at] as R));
      } catch (error) {
        for (const { reject } of now) reject(error);
      }
    }
    busy = false;
  }
  return (one) => new Promise((resolve, reject) => {
    waiting.push({ one, resolve, reject });
    if (!busy) void work();
  });
}
