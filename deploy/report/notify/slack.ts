/** Incoming webhooks in Slack's format (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks), which other chats take too. */
import type { Channel } from "./channel.ts";
import type { Message } from "./message.ts";
import { post } from "./post.ts";
import { wordsOf } from "./words.ts";

export const slackChannel = (url: string): Channel => ({
  name: "Slack", secrets: [url],
  send: (message, signal) => post(url, JSON.stringify({ text: slackText(message) }), {}, signal),
});

export function slackText(message: Message): string {
  const { headline, lines } = wordsOf(message, (text) => `*${text}*`);
  return escape([`${SIGNS["outcome" in message ? message.outcome : message.kind]} ${headline}`, ...lines].join("\n"));
}

const SIGNS = { start: ":arrow_forward:", "erasure-ahead": ":hourglass_flowing_sand:", "move-start": ":arrow_forward:", failed: ":rotating_light:", failure: ":rotating_light:", done: ":white_check_mark:", halted: ":rotating_light:", stopped: ":black_square_for_stop:", broken: ":rotating_light:" };

/** The three characters that would begin a link, a mention or an entity. */
const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
