/** Mail over SMTP. The messages of one operation are one conversation in the reader's mail program. */
import { isIP } from "node:net";
import { AbortError } from "p-retry";
import type { Channel } from "./channel.ts";
import type { Message } from "./message.ts";
import { persist } from "./post.ts";
import { wordsOf } from "./words.ts";

/** Milliseconds, for connecting, for the greeting and between two answers. */
const TIMEOUT = 5_000;

export interface MailSettings { to: readonly string[]; from: string; /** `smtps://USER:PASSWORD@HOST`; smtp:// changes to TLS where the server offers it. */ server: string }

export function mailChannel({ to, from, server }: MailSettings): Channel {
  const { password, hostname } = new URL(server);
  const local = hostname === "localhost" || (isIP(hostname) === 4 && hostname.startsWith("127.")) || hostname === "[::1]";
  return {
    name: "mail", secrets: [server, ...(password ? [password, decodeURIComponent(password)] : [])],
    async send(message, signal) {
      const { createTransport } = await import("nodemailer"); // large, and seldom wanted
      await persist(async () => {
        // A password is not said in the open, even if whoever answers offers nothing better.
        const transport = createTransport({ url: server, requireTLS: password !== "" && !local, connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT, dnsTimeout: TIMEOUT });
        const stop = (): void => transport.close();
        signal.addEventListener("abort", stop, { once: true });
        try {
          await transport.sendMail({ from, to: [...to], ...mailOf(message, from.split("@")[1]!) });
        } catch (error) {
          // 5xx is the server's last word on this mail (RFC 5321, section 4.2.1).
          const { responseCode = 0 } = error as { responseCode?: number };
          throw responseCode >= 500 ? new AbortError(error as Error) : error;
        } finally {
          signal.removeEventListener("abort", stop);
          transport.close();
        }
      }, signal);
    },
  };
}

/** Subject, text and headers. `domain`: of the message's name, which must be one of the sender's. */
export function mailOf(message: Message, domain: string): { subject: string; text: string; messageId: string; inReplyTo?: string; references?: string; headers: Record<string, string> } {
  const { headline, lines } = wordsOf(message);
  const first = `<${message.operation}.start@${domain}>`;
  return {
    subject: `[${message.platform}] ${headline}`,
    text: [`${headline}.`, "", ...lines, "", `Operation ${message.operation}: deploy history show ${message.operation}`, ""].join("\n"),
    messageId: `<${message.operation}.${message.kind.replace("move-", "")}@${domain}>`,
    ...(message.kind === "start" || message.kind === "move-start" ? {} : { inReplyTo: first, references: first }),
    // RFC 3834: no vacation notices in return.
    headers: { "Auto-Submitted": "auto-generated" },
  };
}
