/** From `notify` of hosting.yaml and the environment to channels. All that is wrong is found here, before anything starts. */
import type { Notify } from "../../../model/schema.ts";
import { exitCode, UserError } from "../../errors.ts";
import type { Channel } from "./channel.ts";
import { mailChannel, type MailSettings } from "./mail.ts";
import { slackChannel } from "./slack.ts";
import { SECRET_PREFIX, webhookChannel } from "./webhook.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws UserError. A variable that is set but empty leaves its channel out: for machines that shall tell nobody. */
export function channelsOf({ slack, webhook, mail }: Notify, environment: Environment, now: () => Date): Channel[] {
  const channels: Channel[] = [];
  const slackUrl = valueOf("notify.slack", slack, environment);
  if (slackUrl) channels.push(slackChannel(urlOf("notify.slack", slackUrl, ["https:", "http:"], slack!)));
  const url = valueOf("notify.webhook.url", webhook?.url, environment);
  if (url) {
    const secret = valueOf("notify.webhook.secret", webhook?.secret, environment);
    channels.push(webhookChannel(urlOf("notify.webhook.url", url, ["https:", "http:"], webhook!.url), webhook?.secret === undefined ? undefined : secretOf(secret ?? "", webhook.secret), now));
  }
  const letters = mailSettings({ mail }, environment);
  if (letters) channels.push(mailChannel(letters));
  return channels;
}

/** How mail goes out; undefined: not set, or its variable is deliberately empty. Throws UserError. */
export function mailSettings({ mail }: Pick<Notify, "mail">, environment: Environment): MailSettings | undefined {
  const server = valueOf("notify.mail.server", mail?.server, environment);
  return mail && server ? { ...mail, server: urlOf("notify.mail.server", server, ["smtp:", "smtps:"], mail.server) } : undefined;
}

/** A setting itself, or what the variable holds that it names; undefined: not set, or deliberately empty. */
function valueOf(place: string, setting: string | undefined, environment: Environment): string | undefined {
  if (!setting?.startsWith("env:")) return setting;
  const name = setting.slice("env:".length);
  const value = environment[name];
  if (value === undefined) throw new UserError(`${place}: the variable ${name} is not set`, { hint: `set it, or \`${name}=\` (empty) to tell nobody there`, code: exitCode.usage });
  return value.trim() || undefined;
}

/** Values are not quoted: they are secrets. */
function urlOf(place: string, value: string, protocols: readonly string[], setting: string): string {
  if (URL.canParse(value) && protocols.includes(new URL(value).protocol) && new URL(value).hostname !== "") return value;
  const kinds = protocols.map((protocol) => `${protocol}//`).join(" or ");
  throw new UserError(`${place}: ${setting.startsWith("env:") ? `${setting.slice("env:".length)} does not hold` : "this is not"} a URL that begins with ${kinds}`, { code: exitCode.usage });
}

function secretOf(value: string, setting: string): string {
  const key = value.startsWith(SECRET_PREFIX) ? value.slice(SECRET_PREFIX.length) : "";
  // The standard asks for 24 to 64 bytes.
  const bytes = /^[A-Za-z0-9+/]+=*$/.test(key) ? Buffer.from(key, "base64").length : 0;
  if (bytes >= 24 && bytes <= 64) return value;
  throw new UserError(`notify.webhook.secret: ${setting.slice("env:".length)} does not hold ${SECRET_PREFIX} and 24 to 64 bytes in base64`, { hint: `make one: echo ${SECRET_PREFIX}$(openssl rand -base64 32)`, code: exitCode.usage });
}
