import { setTimeout as sleep } from "node:timers/promises";

/** An open loop: `rate` acts a second, each on schedule whatever the others do. Resolves when it was aborted and all are through. */
export async function steadily(rate: number, signal: AbortSignal, act: (turn: number) => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const open = new Set<Promise<unknown>>();
  for (let turn = 0; rate > 0 && !signal.aborted; turn += 1) {
    await sleep(Math.max(0, began + turn * 1000 / rate - performance.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const one = act(turn).finally(() => open.delete(one));
    open.add(one);
  }
  await Promise.all(open);
}
