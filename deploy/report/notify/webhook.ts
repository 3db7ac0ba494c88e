/** A program's URL: the message as JSON, signed as https://www.standardwebhooks.com describes, so that receivers have libraries for it. */
import { createHmac } from "node:crypto";
import type { Channel } from "./channel.ts";
import { post } from "./post.ts";

/** `secret`: `whsec_` and base64; undefined: unsigned. */
export const webhookChannel = (url: string, secret: string | undefined, now: () => Date): Channel => ({
  name: "the webhook", secrets: [url, ...(secret ? [secret] : [])],
  async send(message, signal) {
    const body = JSON.stringify(message);
    // The same for every attempt: a receiver that got it twice can tell.
    const id = `${message.operation}-${message.kind}`;
    await post(url, body, signed(body, id, Math.floor(now().getTime() / 1000), secret), signal);
  },
});

/** Headers of one call. `at`: seconds since 1970. */
export function signed(body: string, id: string, at: number, secret: string | undefined): Record<string, string> {
  const headers = { "webhook-id": id, "webhook-timestamp": String(at) };
  if (secret === undefined) return headers;
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  return { ...headers, "webhook-signature": `v1,${createHmac("sha256", key).update(`${id}.${at}.${body}`).digest("base64")}` };
}

export const SECRET_PREFIX = "whsec_";
