/** How a run is struck and waited for, whatever it does. */
import type { Running } from "../site/running.ts";

/** The program stands still while the strike is made, so that it lands in the step and not three steps later. */
export async function whileStill(running: Running, strike: () => Promise<void>): Promise<void> {
  running.signal("SIGSTOP");
  try {
    await strike();
  } finally {
    running.signal("SIGCONT");
  }
}

/** Undefined when it takes longer. */
export async function within<T>(work: Promise<T>, seconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => { timer = setTimeout(() => resolve(undefined), seconds * 1000); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
