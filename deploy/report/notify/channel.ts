/** A way to tell somebody. */
import type { Message } from "./message.ts";

export interface Channel {
  /** For people: `Slack`, `mail`. */
  name: string;
  /** Resolves when it was taken; throws an Error with the reason, after several attempts. */
  send(message: Message, signal: AbortSignal): Promise<void>;
  /** What must never be shown: addresses and passwords. */
  secrets: readonly string[];
}
