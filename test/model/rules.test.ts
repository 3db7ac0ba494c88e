/** Rules about customers: tiers, slugs, hostnames, windows. */
import { describe, expect, it } from "vitest";
import { faultLines, warningLines, type Change } from "./files.ts";

/** What is done to the files; the faults it makes; the warnings, where there are any. */
type Case = [what: string, changes: Change[], faults: string[], warnings?: string[]];

const tiers: Case[] = [
  ["valid files", [], []],
  ["no shared tier", [["h", "placement: shared", "placement: dedicated"], ["h", ", { tier: shared }", ""]], [
    "hosting.yaml:13:3  tiers  no tier has placement `shared`; the host `shared` takes its server type from the first one that has; add one, see docs/configuration.md  [shared-tier]",
  ]],
  ["misspelt tier", [["c", "tier: dedicated", "tier: dedicatd"]], [
    `customers.yaml:11:11  customers[2].tier  "dedicatd" is no tier of hosting.yaml (shared, dedicated); did you mean \`dedicated\`?  [known-tier]`,
  ]],
  ["unknown tier, nothing near", [["c", "tier: dedicated", "tier: gold"]], [
    `customers.yaml:11:11  customers[2].tier  "gold" is no tier of hosting.yaml (shared, dedicated)  [known-tier]`,
  ]],
  ["tier in another case", [["c", "tier: dedicated", "tier: Dedicated"]], [
    `customers.yaml:11:11  customers[2].tier  "Dedicated" is no tier of hosting.yaml (shared, dedicated); did you mean \`dedicated\`?  [known-tier]`,
  ]],
  ["shared customer with a phase", [["c", `    name: Acme\n`, `    name: Acme\n    phase: live\n`]], [
    `customers.yaml:4:5  customers[0].phase  \`phase\` is for dedicated customers, but tier "shared" is shared: a shared host is always live; remove it, or choose a dedicated tier  [placement-keys]`,
  ]],
  ["shared customer with a server type and a location", [["c", `    name: Acme\n`, `    name: Acme\n    serverType: cx33\n    location: hel1\n`]], [
    `customers.yaml:4:5  customers[0].serverType  \`serverType\` is for dedicated customers, but tier "shared" is shared: its host serves others too; remove it, or choose a dedicated tier  [placement-keys]`,
    `customers.yaml:5:5  customers[0].location  \`location\` is for dedicated customers, but tier "shared" is shared: its host serves others too; remove it, or choose a dedicated tier  [placement-keys]`,
  ]],
  ["shared customer with a window", [["c", `    name: Acme\n`, `    name: Acme\n    window: { days: [sun], from: "02:00", to: "05:00", timeZone: Europe/Berlin }\n`]], [
    `customers.yaml:4:5  customers[0].window  \`window\` is for dedicated customers, but tier "shared" is shared: its host is updated for all its customers at once; set the window of tier \`shared\` in hosting.yaml  [placement-keys]`,
  ]],
  ["live dedicated customer with the host that its move left", [["c", `    phase: live\n`, `    phase: live\n    host: shared-2\n`]], []],
  ["live dedicated customer with another's host", [["c", `    phase: live\n`, `    phase: live\n    host: shard\n`]], [
    `customers.yaml:13:11  customers[2].host  "shard" is no name of a shared host; expected \`shared\`, \`shared-2\`, \`shared-3\` …; did you mean \`shared\`?  [shared-host-name]`,
  ]],
  ["staged dedicated customer with a host", [["c", `    phase: live\n`, `    host: shared-2\n`]], []],
  ["shared host numbered 1", [["c", `    name: Acme\n`, `    name: Acme\n    host: shared-1\n`]], [
    `customers.yaml:4:11  customers[0].host  "shared-1" is no name of a shared host; expected \`shared\`, \`shared-2\`, \`shared-3\` …; did you mean \`shared\`?  [shared-host-name]`,
  ]],
  ["misspelt shared host", [["c", `    name: Acme\n`, `    name: Acme\n    host: shard\n`]], [
    `customers.yaml:4:11  customers[0].host  "shard" is no name of a shared host; expected \`shared\`, \`shared-2\`, \`shared-3\` …; did you mean \`shared\`?  [shared-host-name]`,
  ]],
  ["further shared host", [["c", `    name: Acme\n`, `    name: Acme\n    host: shared-2\n`]], []],
  ["somebody else's host", [["c", `    name: Acme\n`, `    name: Acme\n    host: big\n`]], [
    `customers.yaml:4:11  customers[0].host  "big" is no name of a shared host; expected \`shared\`, \`shared-2\`, \`shared-3\` …  [shared-host-name]`,
  ]],
];

const slugs: Case[] = [
  ["slug twice", [["c", "slug: birch", "slug: acme"]], [
    `customers.yaml:5:11  customers[1].slug  the slug "acme" is taken by customers[0] (Acme); choose another  [unique-slug]`,
  ]],
  ["slug three times: two faults", [["c", "slug: birch", "slug: acme"], ["c", `  - { slug: acme, name: Third, tier: shared }\n`]], [
    `customers.yaml:5:11  customers[1].slug  the slug "acme" is taken by customers[0] (Acme); choose another  [unique-slug]`,
    `customers.yaml:13:13  customers[3].slug  the slug "acme" is taken by customers[0] (Acme); choose another  [unique-slug]`,
  ]],
  ["reserved: www", [["c", "slug: acme", "slug: www"]], [
    `customers.yaml:2:11  customers[0].slug  "www" is a reserved name; choose another, for example \`www-customer\`  [reserved-slug]`,
  ]],
  ["reserved: admin", [["c", "slug: acme", "slug: admin"]], [
    `customers.yaml:2:11  customers[0].slug  "admin" is a reserved name; choose another, for example \`admin-customer\`  [reserved-slug]`,
  ]],
  ["reserved: api", [["c", "slug: acme", "slug: api"]], [
    `customers.yaml:2:11  customers[0].slug  "api" is a reserved name; choose another, for example \`api-customer\`  [reserved-slug]`,
  ]],
  ["reserved: app", [["c", "slug: acme", "slug: app"]], [
    `customers.yaml:2:11  customers[0].slug  "app" is a reserved name; choose another, for example \`app-customer\`  [reserved-slug]`,
  ]],
  ["reserved: mail", [["c", "slug: acme", "slug: mail"]], [
    `customers.yaml:2:11  customers[0].slug  "mail" is a reserved name; choose another, for example \`mail-customer\`  [reserved-slug]`,
  ]],
  ["reserved: static", [["c", "slug: acme", "slug: static"]], [
    `customers.yaml:2:11  customers[0].slug  "static" is a reserved name; choose another, for example \`static-customer\`  [reserved-slug]`,
  ]],
  ["reserved: cdn", [["c", "slug: acme", "slug: cdn"]], [
    `customers.yaml:2:11  customers[0].slug  "cdn" is a reserved name; choose another, for example \`cdn-customer\`  [reserved-slug]`,
  ]],
  ["reserved: status", [["c", "slug: acme", "slug: status"]], [
    `customers.yaml:2:11  customers[0].slug  "status" is a reserved name; choose another, for example \`status-customer\`  [reserved-slug]`,
  ]],
  ["reserved: etage", [["c", "slug: acme", "slug: etage"]], [
    `customers.yaml:2:11  customers[0].slug  "etage" is a reserved name; choose another, for example \`etage-customer\`  [reserved-slug]`,
  ]],
  ["reserved: localhost", [["c", "slug: acme", "slug: localhost"]], [
    `customers.yaml:2:11  customers[0].slug  "localhost" is a reserved name; choose another, for example \`localhost-customer\`  [reserved-slug]`,
  ]],
  ["slug of the shared host", [["c", "slug: acme", "slug: shared"]], [
    `customers.yaml:2:11  customers[0].slug  "shared" is kept for shared hosts and their stacks; choose another slug  [reserved-slug]`,
  ]],
  ["slug of a further shared host", [["c", "slug: acme", "slug: shared-2"]], [
    `customers.yaml:2:11  customers[0].slug  "shared-2" is kept for shared hosts and their stacks; choose another slug  [reserved-slug]`,
  ]],
];

const hostnames: Case[] = [
  ["hostname of two customers", [["c", `    name: Acme\n`, `    name: Acme\n    hostnames: [shop.example.net]\n`]], [
    `customers.yaml:9:17  customers[1].hostnames[0]  "shop.example.net" is listed by acme already; a hostname leads to one customer; keep one of the two  [unique-hostname]`,
  ]],
  ["hostname twice at one customer", [["c", "[shop.example.net]", "[shop.example.net, shop.example.net]"]], [
    `customers.yaml:8:35  customers[1].hostnames[1]  "shop.example.net" is listed by birch already; a hostname leads to one customer; keep one of the two  [unique-hostname]`,
  ]],
  ["another customer's SLUG.DOMAIN", [["c", "shop.example.net", "acme.example.com"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "acme.example.com" is the hostname of customer acme; choose another  [unique-hostname]`,
  ]],
  ["its own SLUG.DOMAIN", [["c", "shop.example.net", "birch.example.com"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "birch.example.com" is what birch has anyway (SLUG.DOMAIN); remove it; list custom hostnames only  [unique-hostname]`,
  ]],
  ["the platform's domain", [["c", "shop.example.net", "example.com"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "example.com" is the platform's own domain; remove it  [unique-hostname]`,
  ]],
  ["reserved name under the domain", [["c", "shop.example.net", "www.example.com"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "www" under example.com is a reserved name; choose another  [reserved-hostname]`,
  ]],
  ["reserved name in a zone of its own is fine", [["c", "shop.example.net", "www.example.net"]], []],
  ["apex of a zone is fine", [["c", "shop.example.net", "example.net"]], []],
  ["no zone", [["c", "shop.example.net", "shop.birch.de"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "shop.birch.de" lies in no zone of hosting.yaml (example.com, example.net); add its zone to \`zones\`  [hostname-in-zone]`,
  ]],
  ["misspelt zone", [["c", "shop.example.net", "shop.exmaple.net"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "shop.exmaple.net" lies in no zone of hosting.yaml (example.com, example.net); did you mean \`shop.example.net\`? Otherwise add its zone to \`zones\`  [hostname-in-zone]`,
  ]],
  ["end of a name is not a zone", [["c", "shop.example.net", "shopexample.net"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "shopexample.net" lies in no zone of hosting.yaml (example.com, example.net); add its zone to \`zones\`  [hostname-in-zone]`,
  ]],
  ["two levels deep", [["c", "shop.example.net", "a.shop.example.net"]], [], [
    `customers.yaml:8:17  customers[1].hostnames[0]  "a.shop.example.net" is more than one level under example.net, which Cloudflare's Universal SSL does not cover; use one level, or order an advanced certificate  [hostname-depth]`,
  ]],
  ["two levels deep, not proxied", [["c", "shop.example.net", "a.shop.example.net"], ["h", `proxied: false\n`]], []],
  ["zone twice", [["h", "[example.net]", "[example.net, example.net]"]], [
    `hosting.yaml:3:22  zones[1]  the zone "example.net" is listed twice; remove one  [distinct-zones]`,
  ]],
  ["the domain as zone", [["h", "[example.net]", "[example.net, example.com]"]], [
    `hosting.yaml:3:22  zones[1]  "example.com" is the platform's domain, which is a zone already; remove it  [distinct-zones]`,
  ]],
  ["zone in a zone", [["h", "[example.net]", "[example.net, eu.example.net]"]], [], [
    `hosting.yaml:3:22  zones[1]  the zone "eu.example.net" lies inside "example.net"; leave it out unless it is a zone of its own at Cloudflare  [nested-zones]`,
  ]],
  ["the domain in a zone", [["h", "domain: example.com", "domain: app.example.net"]], [], [
    `hosting.yaml:3:9  zones[0]  the platform's domain "app.example.net" lies inside the zone "example.net"; make sure that the domain is a zone of its own at Cloudflare  [nested-zones]`,
  ]],
];

const windows: Case[] = [
  ["empty window", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sun], from: "02:00", to: "02:00", timeZone: Europe/Berlin }\n`]], [
    "customers.yaml:13:47  customers[2].window.to  the window begins and ends at 02:00; for any time, leave the window out  [window-length]",
  ]],
  ["day twice", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sun, mon, sun], from: "02:00", to: "05:00", timeZone: Europe/Berlin }\n`]], [
    "customers.yaml:13:32  customers[2].window.days[2]  sun is listed twice; remove one  [window-days]",
  ]],
  ["misspelt time zone", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sun], from: "02:00", to: "05:00", timeZone: Europe/Istambul }\n`]], [
    `customers.yaml:13:66  customers[2].window.timeZone  "Europe/Istambul" is no IANA time zone; did you mean \`Europe/Istanbul\`?  [known-time-zone]`,
  ]],
  ["city for a time zone", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sun], from: "02:00", to: "05:00", timeZone: berlin }\n`]], [
    `customers.yaml:13:66  customers[2].window.timeZone  "berlin" is no IANA time zone; did you mean \`Europe/Berlin\`?  [known-time-zone]`,
  ]],
  ["offset for a time zone", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sun], from: "02:00", to: "05:00", timeZone: "+03:00" }\n`]], [
    `customers.yaml:13:66  customers[2].window.timeZone  "+03:00" is no IANA time zone; for example Europe/Istanbul  [known-time-zone]`,
  ]],
  ["window of a tier", [["h", `    serverType: cx23\n`, `    serverType: cx23\n    window: { days: [sun], from: "02:00", to: "02:00", timeZone: Mars/Olympus }\n`]], [
    "hosting.yaml:20:47  tiers.dedicated.window.to  the window begins and ends at 02:00; for any time, leave the window out  [window-length]",
    `hosting.yaml:20:66  tiers.dedicated.window.timeZone  "Mars/Olympus" is no IANA time zone; for example Europe/Istanbul  [known-time-zone]`,
  ]],
];

describe.each(Object.entries({ tiers, slugs, hostnames, windows }))("%s", (_section, cases) => {
  it.each(cases)("%s", (_what, changes, faults, warnings = []) => {
    expect(faultLines(...changes)).toEqual(faults);
    expect(warningLines(...changes)).toEqual(warnings);
  });
});
