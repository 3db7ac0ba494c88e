/** After a cutover: the files say where the customer is, and DNS follows. */
import { allHostnames, FIRST_SHARED_HOST } from "../../../model/fleet.ts";
import { setCustomer } from "../registry.ts";
import type { Session } from "../session.ts";
import { bringUp } from "./provision.ts";

/** `home`: host that serves the customer now. The files are right even when somebody asks to stop meanwhile. */
export async function settleDns(session: Session, { home, own }: { home: string; /** The customer's own host. */ own: string }, tell: (text: string) => void): Promise<string> {
  const { context, slug } = session;
  const signal = new AbortController().signal;
  const live = home === own;
  const texts = live ? { phase: "live", host: null } : { phase: "staged", host: home === FIRST_SHARED_HOST ? null : home };
  const diff = await setCustomer(context.root, slug, texts, signal);
  if (diff) context.report.text(diff);
  context.reread();
  const { fleet } = context;
  const { customer } = fleet.customer(slug)!;
  const names = allHostnames(fleet.platform, customer);
  // The host that gains a name first: while both have it, both answer, since the one that was left forwards. A shared host
  // has records of its own for custom hostnames only; its wildcard covers the others.
  const other = live ? session.from : home;
  const custom = names.length > 1;
  const stacks = live ? [own, ...(custom ? [other] : [])] : [...(custom ? [other] : []), own];
  for (const stack of stacks) await bringUp(context, stack, { signal, tell });
  return `${names.join(", ")} → ${home}`;
}
