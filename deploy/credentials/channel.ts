/** How credentials get to whoever needs them. */
import { spawn } from "node:child_process";
import type { CredentialsChannel, Notify } from "../../model/schema.ts";
import { exitCode, Interrupted, UserError } from "../errors.ts";
import { indent, lastLines } from "../remote/runner.ts";
import { sendLetter } from "../report/notify/mail.ts";
import { mailSettings } from "../report/notify/settings.ts";
import type { Credentials } from "./admin.ts";

export interface Channel {
  /** Why nothing can be delivered now; null: it can. */
  fault: string | null;
  /** Resolves with a word about where it went, without the secret. @throws UserError. */
  deliver(credentials: Credentials, signal: AbortSignal): Promise<string>;
}

export interface ChannelOptions {
  setting: CredentialsChannel;
  notify: Notify;
  platform: string;
  environment: NodeJS.ProcessEnv;
  /** Shows a text on the person's terminal; null: there is none, and a log shall not have it. */
  terminal: ((text: string) => void) | null;
}

const TIMEOUT = 60_000;

/** @throws UserError for settings that can't work. */
export function channelOf({ setting, notify, platform, environment, terminal }: ChannelOptions): Channel {
  if (setting === "print") {
    return {
      fault: terminal ? null : "they are printed on a terminal only, and there is none",
      async deliver(credentials) {
        terminal!(shown(credentials));
        return "printed";
      },
    };
  }
  if (setting === "mail") {
    const mail = mailSettings(notify, environment);
    return {
      fault: mail ? null : "the variable of notify.mail.server is empty",
      async deliver(credentials, signal) {
        try {
          await sendLetter(mail!, { to: credentials.email, ...letter(credentials, platform) }, signal);
        } catch (error) {
          if (signal.aborted) throw new Interrupted(signal.reason);
          throw new UserError(`mail to ${credentials.slug}'s address was not taken: ${withoutSecrets((error as Error).message, [credentials.password, mail!.server])}`, { hint: "see notify.mail; the next run makes new credentials", cause: error });
        }
        return "mailed";
      },
    };
  }
  return { fault: null, deliver: (credentials, signal) => fed(setting.command, credentials, signal) };
}

/** Once, and never again. */
export const shown = ({ slug, url, email, password }: Credentials): string => `${slug}: ${url}\n  e-mail    ${email}\n  password  ${password}   (shown once)`;

export const letter = ({ url, email, password }: Credentials, platform: string): { subject: string; text: string } => ({
  subject: `Your login at ${new URL(url).hostname}`,
  text: [`${url} is ready.`, "", `E-mail:   ${email}`, `Password: ${password}`, "", "Please change the password when you have logged in for the first time.", "", platform, ""].join("\n"),
});

const withoutSecrets = (text: string, secrets: readonly string[]): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, "‹secret›"), text);

/** The program's output is its own matter; a failure shows the end of what it said beside it, without the password. */
function fed([program, ...words]: readonly string[], credentials: Credentials, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, { stdio: ["pipe", "ignore", "pipe"], timeout: TIMEOUT, signal });
    let said = "";
    const fail = (what: string): void => reject(signal.aborted ? new Interrupted(signal.reason) : new UserError(`credentials: the command ${program} ${what}`, { hint: "it gets {\"slug\", \"url\", \"email\", \"password\"} on standard input; the next run makes new credentials", code: exitCode.failed }));
    child.stderr.setEncoding("utf8").on("data", (text: string) => { said = (said + text).slice(-10_000); });
    child.on("error", (error: NodeJS.ErrnoException) => fail(error.code === "ENOENT" ? "is not on the PATH" : error.message));
    child.on("close", (code) => code === 0 ? resolve(`given to ${program}`) : fail(code === null ? `did not end within ${TIMEOUT / 1000} s` : `failed with ${code}\n${indent(lastLines(withoutSecrets(said, [credentials.password]), 5))}`));
    // One that reads nothing ends before it is written to.
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify(credentials)}\n`);
  });
}
