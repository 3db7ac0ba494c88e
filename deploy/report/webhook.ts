/** Tells a chat how an operation ended, in Slack's format (https://api.slack.com/messaging/webhooks), which others take too. */
import pRetry from "p-retry";
import { exitCode, messageOf, UserError } from "../errors.ts";
import type { Summary } from "./event.ts";
import { seconds } from "./units.ts";

const RETRIES = 3;
const TIMEOUT = 5_000;

/** The URL that hosting.yaml names: itself, or `env:NAME`. Undefined when there is none. */
export function webhookUrl(setting: string | undefined, environment: NodeJS.ProcessEnv): string | undefined {
  if (!setting?.startsWith("env:")) return setting;
  const name = setting.slice(4);
  const value = environment[name];
  if (value && !URL.canParse(value)) throw new UserError(`notify.webhook: ${name} does not hold a URL`, { code: exitCode.usage });
  return value || undefined;
}

/** Hosts, versions and steps only: reasons quote logs, and logs may hold anything. */
export function webhookText(summary: Summary, by: string): string {
  const named = (outcome: string): string => summary.hosts.filter((host) => host.outcome === outcome).map(({ host }) => host).join(", ");
  const lines = [`${summary.ok ? ":white_check_mark:" : ":rotating_light:"} *${summary.verb} ${summary.release}* by ${by} ${summary.ok ? "done" : "halted"} after ${seconds(summary.seconds)}`];
  if (named("updated")) lines.push(`updated: ${named("updated")}`);
  for (const { host, failure } of summary.hosts) if (failure) lines.push(`failed: ${host} in ${failure.step}; ${failure.undone.split("\n")[0]}`);
  if (named("not-reached")) lines.push(`not reached: ${named("not-reached")}`);
  return lines.join("\n");
}

/** Resolves with null when it was told, else with why not. An update does not fail because the chat is away. */
export async function tell(url: string, text: string): Promise<string | null> {
  try {
    await pRetry(async () => {
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ text }), signal: AbortSignal.timeout(TIMEOUT) });
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    }, { retries: RETRIES, minTimeout: 300, factor: 2 });
    return null;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return messageOf(cause);
  }
}
