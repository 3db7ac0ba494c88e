/** After a cutover: the files say where the customer is, and DNS follows. */
import { allHostnames, FIRST_SHARED_HOST } from "../../../model/fleet.ts";
import type { Changes } from "../../customers/edit.ts";
import { setCustomer } from "../registry.ts";
import type { Session } from "../session.ts";
import { bringUp } from "./provision.ts";

/** `home`: host that serves the customer now. The files are right even when somebody asks to stop meanwhile. */
export async function settleDns(session: Session, { home, own }: { home: string; /** The customer's own host. */ own: string }, tell: (text: string) => void): Promise<string> {
  const { context, slug } = session;
  const signal = new AbortController().signal;
  const shared = home === own ? session.from : home;
  const diff = await setCustomer(context.root, slug, placeIn({ home, own, shared }), signal);
  if (diff) context.report.text(diff);
  context.reread();
  const { fleet } = context;
  const { customer } = fleet.customer(slug)!;
  const names = allHostnames(fleet.platform, customer);
  for (const stack of stacksFor({ home, own, shared, custom: names.length > 1 })) await bringUp(context, stack, { signal, tell });
  return `${names.join(", ")} → ${home}`;
}

export interface Ends { home: string; own: string; /** The shared one of the two. */ shared: string }

/** What customers.yaml says then. A further shared host stays named while it is kept current: the way back leads there. Pure. */
export function placeIn({ home, own, shared }: Ends): NonNullable<Changes["texts"]> {
  return { phase: home === own ? "live" : "staged", host: shared === FIRST_SHARED_HOST ? null : shared };
}

/**
 * Stacks whose DNS records change, in order: the host that gains a name first. While both have it, both answer, since the
 * one that was left forwards. The first shared host has records of its own for custom hostnames only: its wildcard covers
 * the others. A further one has one for each customer. Pure.
 */
export function stacksFor({ home, own, shared, custom }: Ends & { custom: boolean }): string[] {
  const other = custom || shared !== FIRST_SHARED_HOST ? [shared] : [];
  return home === own ? [own, ...other] : [...other, own];
}
