/** Images and memory of what runs on a host. */
import { serverType } from "../catalog.ts";
import type { Service, Tier } from "../schema.ts";
import { inCustomer, inHosting, type Draft, type Finding, type Rule } from "./draft.ts";

const NAMES = ["postgres", "redis", "proxy"] as const;

/** Kernel, systemd, sshd, dockerd and page cache: below this a host swaps before its containers reach their limits. */
const SYSTEM_MEGABYTES = 512;

/** `registry:5000/team/app:tag@sha256:…` in its parts; the tag is what follows the last colon after the last slash. */
export function imageParts(reference: string): { repository: string; tag?: string; digest?: string } {
  const [named = "", digest] = reference.split("@");
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  return { repository: colon < 0 ? named : named.slice(0, colon), ...(colon < 0 ? {} : { tag: named.slice(colon + 1) }), ...(digest === undefined ? {} : { digest }) };
}

const IMAGE = /^([a-z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

function* images({ platform, tiers }: Draft): Iterable<[string, (message: string, suggestion?: string) => Finding]> {
  for (const name of NAMES) {
    const image = platform.services?.[name].image;
    if (image !== undefined) yield [image, (message, suggestion) => inHosting(["services", name, "image"], message, suggestion)];
  }
  for (const [tierName, tier] of tiers ?? []) {
    for (const name of NAMES) {
      const image = tier.services?.[name]?.image;
      if (image !== undefined) yield [image, (message, suggestion) => inHosting(["tiers", tierName, "services", name, "image"], message, suggestion)];
    }
  }
}

export const imageReference: Rule = {
  name: "image-reference", severity: "fault",
  says: "Images of services have a tag or a digest; the app's has neither, since each release brings its own.",
  *check(draft) {
    for (const [image, found] of images(draft)) {
      const { tag, digest } = imageParts(image);
      if (!IMAGE.test(image)) yield found(`"${image}" is no image reference`, "expected for example postgres:18");
      else if (tag === undefined && digest === undefined) yield found(`the image "${image}" has no tag`, "name the version, as in postgres:18");
    }
    const app = draft.platform.app?.image;
    if (app === undefined) return;
    const { tag, digest } = imageParts(app);
    const at = (message: string, suggestion: string) => inHosting(["app", "image"], message, suggestion);
    if (!IMAGE.test(app)) yield at(`"${app}" is no image repository`, "expected for example registry.example.com/epica/app");
    else if (tag !== undefined || digest !== undefined) yield at(`the app's image "${app}" has a ${tag === undefined ? "digest" : "tag"}`, `write \`${imageParts(app).repository}\`; the release adds its own tag`);
  },
};

export const movingTag: Rule = {
  name: "moving-tag", severity: "warning",
  says: "The tag `latest` brings another version with each new host.",
  *check(draft) {
    for (const [image, found] of images(draft)) {
      const { tag, digest } = imageParts(image);
      if (tag === "latest" && digest === undefined) yield found(`the tag of "${image}" means another version from time to time`, "name the version");
    }
  },
};

export const memoryFits: Rule = {
  name: "memory-fits", severity: "fault",
  says: `Memory limits of the services, of two app containers and two workers (an update runs the old and the new side by side) and ${SYSTEM_MEGABYTES} MB for the system fit the server type.`,
  *check({ platform, tiers, customers }) {
    for (const [name, tier] of tiers ?? []) {
      const message = excess(platform, tier, tier.serverType);
      if (message) yield inHosting(["tiers", name, "serverType"], message, "choose a larger server type or lower memoryMegabytes");
    }
    for (const customer of customers) {
      const { tier, value } = customer;
      if (tier?.placement !== "dedicated" || value.serverType === undefined || value.serverType === tier.serverType) continue;
      const message = excess(platform, tier, value.serverType);
      if (message) yield inCustomer(customer, ["serverType"], message, "choose a larger server type");
    }
  },
};

function excess(platform: Draft["platform"], tier: Partial<Tier>, type: string | undefined): string | undefined {
  const has = type === undefined ? undefined : serverType(type);
  const { services, app } = platform;
  if (!has || !services || !app || !tier.services) return undefined;
  const limits = NAMES.map((name) => [name, ({ ...services[name], ...tier.services?.[name] } as Service).memoryMegabytes] as const);
  const worker = app.worker?.memoryMegabytes;
  const needed = limits.reduce((sum, [, megabytes]) => sum + megabytes, 0) + 2 * (app.memoryMegabytes + (worker ?? 0)) + SYSTEM_MEGABYTES;
  const available = has.memoryGigabytes * 1024;
  if (needed <= available) return undefined;
  return `${type} has ${available} MB of memory, but the host needs ${needed}: ${limits.map(([name, megabytes]) => `${name} ${megabytes}`).join(", ")}, app 2 × ${app.memoryMegabytes}${worker === undefined ? "" : `, worker 2 × ${worker}`}, system ${SYSTEM_MEGABYTES}`;
}
