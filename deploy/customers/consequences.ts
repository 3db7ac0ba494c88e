/** What an edit means for hosts and data, and the commands that follow. Pure. */
import type { Fleet, Host } from "../../model/fleet.ts";
import type { Customer } from "../../model/schema.ts";
import type { Edit } from "./edit.ts";

/** `before` is undefined when the files were not sound: then only what is new is known. */
export function consequences(before: Fleet | undefined, after: Fleet, edit: Edit): { notices: string[]; next: string[]; tell: string[] } {
  return { notices: notices(before, after, edit), next: next(before, after), tell: tell(before, after) };
}

/** Hosts that need nothing but to be told. */
function tell(before: Fleet | undefined, after: Fleet): string[] {
  return after.hosts.filter((host) => {
    const old = before?.host(host.name);
    return old && host.phase === "live" && !differ(machineOf(old), machineOf(host)) && differ(tenantsOf(old), tenantsOf(host));
  }).map(({ name }) => name);
}

function notices(before: Fleet | undefined, after: Fleet, edit: Edit): string[] {
  const [was, is] = [before?.customer(edit.slug), after.customer(edit.slug)];
  const own = before?.host(edit.slug);
  if (edit.do === "remove") return own ? [retire(edit.slug)] : [`${edit.slug} is no longer served once ${was ? `\`deploy update ${was.host.name}\`` : "its host is updated"} has run. What it has there stays.`];
  const found: string[] = [];
  if (was && is && was.host.name !== is.host.name) found.push(`Host ${is.host.name} would serve ${edit.slug} instead of ${was.host.name}, but its data stays on ${was.host.name}: bring the data first.`);
  if (own && !after.host(edit.slug)) found.push(retire(edit.slug));
  if (was && is && (is.customer.status !== was.customer.status || is.customer.eraseOn !== was.customer.eraseOn)) found.push(statusWords(is.customer));
  return found;
}

/** What a status means until somebody changes it. */
export function statusWords({ slug, status, eraseOn }: Pick<Customer, "slug" | "status" | "eraseOn">): string {
  if (status === "active") return "Active again: people can work as before.";
  const end = eraseOn === undefined ? "" : ` On ${eraseOn} \`deploy erase\` may remove its rows and files for good; until then \`deploy customer resume ${slug}\` brings it back as it was.`;
  const kept = "it keeps its data and its place; the app lets nobody work, and backups go on.";
  return `${status === "leaving" ? "Leaving" : "Suspended"}: ${kept}${end}`;
}

const retire = (slug: string): string =>
  `${slug} has a host of its own. Retire it first (runbooks/retire-a-host.md): without its entry the stack ${slug} can't be changed or destroyed, and its server goes on to cost.`;

/** First what Pulumi makes, then what the update brings. A host that a customer is to move to is made by the move. */
function next(before: Fleet | undefined, after: Fleet): string[] {
  if (!before) return [];
  const all = after.hosts.map((host) => ({ host, old: before.host(host.name) }));
  const hosts = all.filter(({ host, old }) => old || host.phase === "live");
  const moves = hosts.length < all.length;
  return [
    ...hosts.filter(({ host, old }) => !old || differ(machineOf(old), machineOf(host))).map(({ host: { name }, old }) => old ? `pulumi up -s ${name}` : `pulumi stack init ${name} && pulumi up -s ${name}`),
    ...(moves ? ["deploy apply"] : hosts.filter(({ host, old }) => !old || differ(tenantsOf(old), tenantsOf(host))).map(({ host: { name } }) => `deploy update ${name}`)),
  ];
}

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** What a stack makes of a host: machine, DNS records, certificate. */
const machineOf = ({ serverType, location, volumeGigabytes, services, hostnames, phase }: Host): unknown => [serverType, location, volumeGigabytes, services, [...hostnames].sort(), phase];

/** What an update tells the app about its customers. */
const tenantsOf = ({ customers }: Host): unknown => customers.map(({ slug, name, hostnames, status, limits }) => [slug, name, hostnames, status, Object.entries(limits).sort()]).sort();
