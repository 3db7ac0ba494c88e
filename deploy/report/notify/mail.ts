/** Mail over SMTP. The messages of one operation are one conversation in the reader's mail program. */
import { isIP } from "node:net";
import type { SendMailOptions } from "nodemailer";
import { AbortError } from "p-retry";
import type { Channel } from "./channel.ts";
import type { Message } from "./message.ts";
import { persist } from "./post.ts";
import { wordsOf } from "./words.ts";

/** Milliseconds, for connecting, for the greeting and between two answers. */
const TIMEOUT = 5_000;

export interface MailSettings { to: readonly string[]; from: string; /** `smtps://USER:PASSWORD@HOST`; smtp:// changes to TLS where the server offers it. */ server: string }

export function mailChannel({ to, from, server }: MailSettings): Channel {
  const { password } = new URL(server);
  return {
    name: "mail", secrets: [server, ...(password ? [password, decodeURIComponent(password)] : [])],
    send: (message, signal) => send(server, { from, to: [...to], ...mailOf(message, from.split("@")[1]!) }, signal),
  };
}

/** A mail to somebody who is no operator: a customer. Throws an Error with the reason when it was not taken. */
export const sendLetter = ({ from, server }: Pick<MailSettings, "from" | "server">, letter: { to: string; subject: string; text: string }, signal: AbortSignal): Promise<void> =>
  send(server, { from, ...letter, headers: { "Auto-Submitted": "auto-generated" } }, signal);

async function send(server: string, mail: SendMailOptions, signal: AbortSignal): Promise<void> {
  const { password, hostname } = new URL(server);
  const local = hostname === "localhost" || (isIP(hostname) === 4 && hostname.startsWith("127.")) || hostname === "[::1]";
  const { createTransport } = await import("nodemailer"); // large, and seldom wanted
  await persist(async () => {
    // A password is not said in the open, even if whoever answers offers nothing better.
    const transport = createTransport({ url: server, requireTLS: password !== "" && !local, connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT, dnsTimeout: TIMEOUT });
    const stop = (): void => transport.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await transport.sendMail(mail);
    } catch (error) {
      // 5xx is the server's last word on this mail (RFC 5321, section 4.2.1).
      const { responseCode = 0 } = error as { responseCode?: number };
      throw responseCode >= 500 ? new AbortError(error as Error) : error;
    } finally {
      signal.removeEventListener("abort", stop);
      transport.close();
    }
  }, signal);
}

/** Nothing comes before them in their conversation. */
const BEGINNINGS: ReadonlySet<Message["kind"]> = new Set(["start", "move-start", "erasure-ahead", "erasure-end"]);

/** Subject, text and headers. `domain`: of the message's name, which must be one of the sender's. */
export function mailOf(message: Message, domain: string): { subject: string; text: string; messageId: string; inReplyTo?: string; references?: string; headers: Record<string, string> } {
  const { headline, lines } = wordsOf(message);
  const first = `<${message.operation}.start@${domain}>`;
  return {
    subject: `[${message.platform}] ${headline}`,
    text: [`${headline}.`, "", ...lines, "", `Operation ${message.operation}: deploy history show ${message.operation}`, ""].join("\n"),
    messageId: `<${message.operation}.${message.kind.replace("move-", "")}@${domain}>`,
    ...(BEGINNINGS.has(message.kind) ? {} : { inReplyTo: first, references: first }),
    // RFC 3834: no vacation notices in return.
    headers: { "Auto-Submitted": "auto-generated" },
  };
}
