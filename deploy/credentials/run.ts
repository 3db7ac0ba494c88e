/** Makes credentials and delivers them: those of one host in few runs of its app, whoever comes. */
import pLimit from "p-limit";
import { allHostnames } from "../../model/fleet.ts";
import type { Context } from "../context.ts";
import { lifeSession } from "../life/session.ts";
import { lookNow } from "../move/host-now.ts";
import type { LifeSummary } from "../report/life-event.ts";
import { appSpec, wantedOf } from "../rollout/wanted.ts";
import { type Credentials, makeAdmins } from "./admin.ts";
import { type Channel, channelOf } from "./channel.ts";
import { gathered } from "./gathered.ts";

/** Customers, each of whom has a lock and a row of the journal. */
const AT_ONCE = 100;
/** A mail server's patience. */
const DELIVERIES = 3;

/** The configured channel. `terminal`: whether a person sees what is printed. @throws UserError for settings that can't work. */
export const configuredChannel = ({ fleet: { platform }, report }: Context, terminal: boolean): Channel =>
  channelOf({ setting: platform.credentials, notify: platform.notify, platform: platform.name, environment: process.env, terminal: terminal ? (text) => report.text(text) : null });

export interface GiveOptions { channel: Channel; /** Seconds to wait for a customer's lock. */ wait: number }

type Made = (wanted: Omit<Credentials, "password">) => Promise<Credentials>;

/** Of customers who have an `email` and whose hosts know them. Resolves with how each went. */
export async function giveCredentials(context: Context, slugs: readonly string[], { channel, wait }: GiveOptions): Promise<LifeSummary[]> {
  const hosts = new Map<string, Made>();
  const madeAt = (name: string): Made => hosts.get(name) ?? hosts.set(name, gathered((list) => makeAt(context, name, list))).get(name)!;
  const [limit, deliveries] = [pLimit(AT_ONCE), pLimit(DELIVERIES)];
  return Promise.all(slugs.map((slug) => limit(async () => {
    const { platform } = context.fleet;
    const { customer, host: { name: host } } = context.fleet.customer(slug)!;
    return lifeSession(context, { verb: "customer credentials", slug, host, plan: null, wait }, async ({ step, signal }) => {
      let made: Credentials | undefined;
      let how: string | undefined;
      await step("admin", async () => {
        made = await madeAt(host)({ slug, email: customer.email!, url: `https://${allHostnames(platform, customer)[0]}/` });
        return undefined;
      });
      await step("deliver", async () => how = await deliveries(() => channel.deliver(made!, signal)));
      return { came: how ?? null };
    });
  })));
}

async function makeAt(context: Context, name: string, list: readonly Omit<Credentials, "password">[]): Promise<(Credentials | Error)[]> {
  const { outputs, release, host } = await lookNow(context, name);
  const { platform } = context.fleet;
  return makeAdmins(await context.connect(name), appSpec(platform, outputs, wantedOf(platform, host, outputs, release), "task", context.now()), list);
}
