/** Tells in the background: a chat that is away slows nothing down and fails nothing. */
import type { Notify } from "../../../model/schema.ts";
import { messageOf } from "../../errors.ts";
import type { Channel } from "./channel.ts";
import type { Content, Kind, Message, Subject } from "./message.ts";
import { channelsOf } from "./settings.ts";

export interface Notifier {
  /** Returns at once. Messages arrive in this order on each channel. */
  tell<K extends Kind>(kind: K, message: Subject & Content<K>): void;
  /** Waits, for a bounded time, until everything was told or given up. Resolves with what was not, as sentences. */
  settle(): Promise<string[]>;
}

/** How long `settle` waits for what is under way, in milliseconds. */
const PATIENCE = 15_000;

/** Throws UserError for settings that can't work. */
export function openNotifier(settings: Notify, environment: Readonly<Record<string, string | undefined>>, now: () => Date = () => new Date()): Notifier {
  return notifierOf(channelsOf(settings, environment, now), settings.on, now);
}

export function notifierOf(channels: readonly Channel[], on: Notify["on"], now: () => Date, patience = PATIENCE): Notifier {
  const faults: string[] = [];
  const stop = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => { stop.signal.addEventListener("abort", () => reject(stop.signal.reason as Error), { once: true }); });
  stopped.catch(() => {}); // heard by whoever races with it
  const queues = channels.map((channel) => ({ channel, last: Promise.resolve() }));

  async function send(channel: Channel, message: Message): Promise<void> {
    try {
      stop.signal.throwIfAborted();
      // A channel may take a while to notice that it shall stop.
      await Promise.race([channel.send(message, stop.signal), stopped]);
    } catch (error) {
      const reason = stop.signal.aborted ? "no answer in time" : reasonOf(error);
      const shown = channel.secrets.reduce((text, secret) => text.replaceAll(secret, "‹secret›"), reason);
      faults.push(`${channel.name} was not told of the ${message.kind}: ${shown}`);
    }
  }

  return {
    tell(kind, content) {
      const message = { format: 1, kind, at: now().toISOString(), ...content } as unknown as Message;
      if (!topicsOf(message).some((topic) => on.includes(topic))) return;
      for (const queue of queues) queue.last = queue.last.then(() => send(queue.channel, message));
    },
    async settle() {
      const timer = setTimeout(() => stop.abort(), patience);
      try {
        await Promise.all(queues.map(({ last }) => last));
      } finally {
        clearTimeout(timer);
      }
      return faults.splice(0);
    },
  };
}

/** Under which of the settings' words a message is told. */
function topicsOf(message: Message): Notify["on"] {
  if (message.kind === "move-start") return ["start"];
  if (message.kind === "erasure-ahead") return ["start"];
  if (message.kind === "move-end" || message.kind === "erasure-end") return message.outcome === "done" || message.outcome === "stopped" ? ["end"] : ["end", "failure"];
  return [message.kind];
}

/** `fetch failed` hides its cause; a time limit calls itself an abort. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "no answer in time";
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return messageOf(cause) || (cause as { code?: string }).code || "it could not be reached";
}
