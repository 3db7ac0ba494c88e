import { didYouMean } from "../nearest.ts";
import { called, inCustomer, inHosting, type Draft, type Rule } from "./draft.ts";
import { RESERVED } from "./slugs.ts";

export const uniqueHostnames: Rule = {
  name: "unique-hostname", severity: "fault",
  says: "A custom hostname belongs to one customer, and is neither the platform's own domain nor anybody's SLUG.DOMAIN.",
  *check({ platform: { domain }, customers }) {
    const slugOwner = new Map<string, string>(customers.flatMap(({ value: { slug } }) => slug === undefined || domain === undefined ? [] : [[`${slug}.${domain}`, slug] as [string, string]]));
    const owner = new Map<string, string>();
    for (const customer of customers) {
      const { slug, hostnames = [] } = customer.value;
      for (const [index, name] of hostnames.entries()) {
        const path = ["hostnames", index];
        const bySlug = slugOwner.get(name);
        const taken = owner.get(name);
        if (name === domain) yield inCustomer(customer, path, `"${name}" is the platform's own domain`, "remove it");
        else if (bySlug !== undefined && bySlug === slug) yield inCustomer(customer, path, `"${name}" is what ${slug} has anyway (SLUG.DOMAIN)`, "remove it; list custom hostnames only");
        else if (bySlug !== undefined) yield inCustomer(customer, path, `"${name}" is the hostname of customer ${bySlug}`, "choose another");
        else if (taken !== undefined) yield inCustomer(customer, path, `"${name}" is listed by ${taken} already`, "a hostname leads to one customer; keep one of the two");
        else owner.set(name, called(customer));
      }
    }
  },
};

export const reservedHostnames: Rule = {
  name: "reserved-hostname", severity: "fault",
  says: "A custom hostname under the platform's domain does not begin with a reserved name.",
  *check({ platform: { domain }, customers }) {
    if (domain === undefined) return;
    for (const customer of customers) {
      for (const [index, name] of (customer.value.hostnames ?? []).entries()) {
        const label = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : undefined;
        if (label !== undefined && RESERVED.has(label)) yield inCustomer(customer, ["hostnames", index], `"${label}" under ${domain} is a reserved name`, "choose another");
      }
    }
  },
};

export const hostnameInZone: Rule = {
  name: "hostname-in-zone", severity: "fault",
  says: "A custom hostname lies in the platform's domain or in one of `zones`; elsewhere no DNS record could be made.",
  *check(draft) {
    const zones = zonesOf(draft);
    if (!zones) return;
    for (const customer of draft.customers) {
      for (const [index, name] of (customer.value.hostnames ?? []).entries()) {
        if (zoneOf(name, zones) !== undefined) continue;
        const labels = name.split(".");
        const near = zones.flatMap((zone) => {
          const depth = zone.split(".").length;
          const hint = didYouMean(labels.slice(-depth).join("."), [zone]);
          return hint ? [`did you mean \`${[...labels.slice(0, -depth), zone].join(".")}\`?`] : [];
        })[0];
        yield inCustomer(customer, ["hostnames", index], `"${name}" lies in no zone of hosting.yaml (${zones.join(", ")})`, near ? `${near} Otherwise add its zone to \`zones\`` : "add its zone to `zones`");
      }
    }
  },
};

export const hostnameDepth: Rule = {
  name: "hostname-depth", severity: "warning",
  says: "Cloudflare's Universal SSL covers a zone and one level under it; a proxied hostname deeper down needs an advanced certificate.",
  *check(draft) {
    const zones = zonesOf(draft);
    if (!zones || draft.platform.proxied !== true) return;
    for (const customer of draft.customers) {
      for (const [index, name] of (customer.value.hostnames ?? []).entries()) {
        const zone = zoneOf(name, zones);
        if (zone !== undefined && name !== zone && name.slice(0, -zone.length - 1).includes(".")) {
          yield inCustomer(customer, ["hostnames", index], `"${name}" is more than one level under ${zone}, which Cloudflare's Universal SSL does not cover`, "use one level, or order an advanced certificate");
        }
      }
    }
  },
};

export const distinctZones: Rule = {
  name: "distinct-zones", severity: "fault",
  says: "`zones` names each zone once, and not the platform's domain again.",
  *check({ platform: { domain, zones = [] } }) {
    for (const [index, zone] of zones.entries()) {
      if (zone === domain) yield inHosting(["zones", index], `"${zone}" is the platform's domain, which is a zone already`, "remove it");
      else if (zones.indexOf(zone) < index) yield inHosting(["zones", index], `the zone "${zone}" is listed twice`, "remove one");
    }
  },
};

export const nestedZones: Rule = {
  name: "nested-zones", severity: "warning",
  says: "A zone inside another works only when it is delegated to Cloudflare on its own; hostnames then belong to the inner one.",
  *check({ platform: { domain, zones = [] } }) {
    for (const [index, zone] of zones.entries()) {
      const outer = [domain, ...zones].find((other) => other !== undefined && zone.endsWith(`.${other}`));
      const inner = domain?.endsWith(`.${zone}`) ? domain : undefined;
      if (outer !== undefined) yield inHosting(["zones", index], `the zone "${zone}" lies inside "${outer}"`, "leave it out unless it is a zone of its own at Cloudflare");
      else if (inner !== undefined) yield inHosting(["zones", index], `the platform's domain "${inner}" lies inside the zone "${zone}"`, "make sure that the domain is a zone of its own at Cloudflare");
    }
  },
};

/** undefined when they are not known, so that nothing is held against them. */
export function zonesOf({ platform: { domain, zones } }: Draft): string[] | undefined {
  return domain === undefined || zones === undefined ? undefined : [domain, ...zones];
}

/** The innermost zone a hostname lies in. */
export function zoneOf(hostname: string, zones: readonly string[]): string | undefined {
  return zones.filter((zone) => hostname === zone || hostname.endsWith(`.${zone}`)).sort((a, b) => b.length - a.length)[0];
}
