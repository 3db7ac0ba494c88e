/** Makes credentials and delivers them, customer after customer; a few at once, since each starts the app once. */
import pLimit from "p-limit";
import { allHostnames } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { lifeSession } from "../life/session.ts";
import { type HostNow, lookNow } from "../move/host-now.ts";
import type { LifeSummary } from "../report/life-event.ts";
import { appSpec, wantedOf } from "../rollout/wanted.ts";
import { type Credentials, makeAdmin } from "./admin.ts";
import { type Channel, channelOf } from "./channel.ts";

const AT_ONCE = 3;

/** The configured channel. `terminal`: whether a person sees what is printed. @throws UserError for settings that can't work. */
export const configuredChannel = ({ fleet: { platform }, report }: Context, terminal: boolean): Channel =>
  channelOf({ setting: platform.credentials, notify: platform.notify, platform: platform.name, environment: process.env, terminal: terminal ? (text) => report.text(text) : null });

export interface GiveOptions { channel: Channel; /** Seconds to wait for a customer's lock. */ wait: number }

/** Of customers who have an `email` and whose hosts know them. Resolves with how each went. */
export async function giveCredentials(context: Context, slugs: readonly string[], { channel, wait }: GiveOptions): Promise<LifeSummary[]> {
  const hosts = new Map<string, Promise<HostNow>>();
  const look = (name: string): Promise<HostNow> => hosts.get(name) ?? hosts.set(name, lookNow(context, name)).get(name)!;
  const limit = pLimit(AT_ONCE);
  return Promise.all(slugs.map((slug) => limit(() => give(context, slug, look, channel, wait))));
}

async function give(context: Context, slug: string, look: (host: string) => Promise<HostNow>, channel: Channel, wait: number): Promise<LifeSummary> {
  const { platform } = context.fleet;
  const { customer, host: { name: host } } = context.fleet.customer(slug)!;
  return lifeSession(context, { verb: "customer credentials", slug, host, plan: null, wait }, async ({ step, signal }) => {
    let made: Credentials | undefined;
    let how: string | undefined;
    await step("admin", async () => {
      const { outputs, release, host: place } = await look(host);
      const spec = appSpec(platform, outputs, wantedOf(platform, place, outputs, release), "task", context.now());
      made = await makeAdmin(await context.connect(host), spec, { slug, email: customer.email!, url: `https://${allHostnames(platform, customer)[0]}/` });
      return undefined;
    });
    await step("deliver", async () => how = await channel.deliver(made!, signal));
    return { came: how ?? null };
  });
}
