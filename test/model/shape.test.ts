/** Wrong types, missing and unknown keys: each one message, at its place. */
import { describe, expect, it } from "vitest";
import { faultLines, warningLines, type Change } from "./files.ts";

/** What is done to the files; the faults it makes; the warnings, where there are any. */
type Case = [what: string, changes: Change[], faults: string[], warnings?: string[]];

const shape: Case[] = [
  ["misspelt key", [["c", "    phase: live", "    fase: live"]], [
    "customers.yaml:12:5  customers[2].fase  unknown key `fase` in customers[2]; did you mean `phase`?  [unknown-key]",
  ]],
  ["unknown key, nothing near", [["c", "    phase: live", "    colour: red"]], [
    "customers.yaml:12:5  customers[2].colour  unknown key `colour` in customers[2]; keys that may be here: email, status, eraseOn, phase, host, hostnames, serverType, location, labels, limits, window  [unknown-key]",
  ]],
  ["unknown key in a nested mapping", [["h", "memoryMegabytes: 512", "memoryMegabyte: 512"]], [
    "hosting.yaml:6:37  services.postgres.memoryMegabyte  unknown key `memoryMegabyte` in services.postgres; did you mean `memoryMegabytes`?  [unknown-key]",
  ]],
  ["unknown key at the top", [["h", `currncy: EUR\n`]], [
    "hosting.yaml:20:1  currncy  unknown key `currncy` at the top of the file; did you mean `currency`?  [unknown-key]",
  ]],
  ["missing key", [["c", `    name: Acme\n`, ""]], [
    "customers.yaml:2:5  customers[0].name  `name` is missing; expected text (what people call it)  [missing-key]",
  ]],
  ["missing key at the top", [["h", `domain: example.com\n`, ""]], [
    "hosting.yaml:1:1  domain  `domain` is missing; expected text (customers live at SLUG.DOMAIN; must be a zone of the Cloudflare account)  [missing-key]",
  ]],
  ["missing list", [{ file: "c", text: `customer: []\n` }], [
    "customers.yaml:1:1  customer  unknown key `customer` at the top of the file; did you mean `customers`?  [unknown-key]",
  ]],
  ["text for a number", [["h", "memoryMegabytes: 512", `memoryMegabytes: "512"`]], [
    `hosting.yaml:6:54  services.postgres.memoryMegabytes  expected a number, found "512"; write it without quotes: 512  [wrong-type]`,
  ]],
  ["words for a number", [["h", "memoryMegabytes: 512", "memoryMegabytes: lots"]], [
    `hosting.yaml:6:54  services.postgres.memoryMegabytes  expected a number, found "lots"  [wrong-type]`,
  ]],
  ["fraction for a whole number", [["h", "memoryMegabytes: 512", "memoryMegabytes: 512.5"]], [
    "hosting.yaml:6:54  services.postgres.memoryMegabytes  expected a whole number, found 512.5  [wrong-type]",
  ]],
  ["number below its bound", [["h", "users: 20", "users: 0"]], [
    "hosting.yaml:16:22  tiers.shared.limits.users  expected a whole number, more than 0, found 0  [wrong-value]",
  ]],
  ["negative limit", [["h", "users: 20", "users: -3"]], [
    "hosting.yaml:16:22  tiers.shared.limits.users  expected a whole number, more than 0, found -3  [wrong-value]",
  ]],
  ["number above its bound", [["h", `    serverType: cx23\n`, `    serverType: cx23\n    volumeGigabytes: 20000\n`]], [
    "hosting.yaml:20:22  tiers.dedicated.volumeGigabytes  expected a whole number, at most 10240, found 20000  [wrong-value]",
  ]],
  ["number for text", [["c", "name: Acme", "name: 42"]], [
    `customers.yaml:3:11  customers[0].name  expected text, found 42; put it in quotes: "42"  [wrong-type]`,
  ]],
  ["boolean for text", [["c", "name: Acme", "name: true"]], [
    `customers.yaml:3:11  customers[0].name  expected text, found true; put it in quotes: "true"  [wrong-type]`,
  ]],
  ["text for a boolean", [["h", `proxied: maybe\n`]], [
    `hosting.yaml:20:10  proxied  expected true or false, found "maybe"  [wrong-type]`,
  ]],
  ["text for a list", [["c", "hostnames: [shop.example.net]", "hostnames: shop.example.net"]], [
    `customers.yaml:8:16  customers[1].hostnames  expected a list, found "shop.example.net"; write a list: [shop.example.net]  [wrong-type]`,
  ]],
  ["list for a mapping", [["h", "limits: { users: 20, storageMegabytes: 1000 }", "limits: [20, 1000]"]], [
    "hosting.yaml:16:13  tiers.shared.limits  expected a mapping of keys, found a list  [wrong-type]",
  ]],
  ["mapping for text", [["c", "name: Acme", "name: { short: Acme }"]], [
    "customers.yaml:3:11  customers[0].name  expected text, found a mapping  [wrong-type]",
  ]],
  ["empty value", [["c", "name: Acme", "name:"]], [
    "customers.yaml:3:5  customers[0].name  is empty; expected text; give a value or remove the key  [wrong-type]",
  ]],
  ["empty list of entries", [["c", "hostnames: [shop.example.net]", "hostnames:"]], [
    "customers.yaml:8:5  customers[1].hostnames  is empty; expected a list; give a value or remove the key  [wrong-type]",
  ]],
  ["misspelt word of a choice", [["c", "phase: live", "phase: lvie"]], [
    `customers.yaml:12:12  customers[2].phase  expected one of staged, live, found "lvie"; did you mean \`live\`?  [wrong-value]`,
  ]],
  ["choice in capitals", [["c", "phase: live", "phase: LIVE"]], [
    `customers.yaml:12:12  customers[2].phase  expected one of staged, live, found "LIVE"; did you mean \`live\`?  [wrong-value]`,
  ]],
  ["choice far off", [["h", "placement: dedicated", "placement: private"]], [
    `hosting.yaml:18:16  tiers.dedicated.placement  expected one of shared, dedicated, found "private"  [wrong-value]`,
  ]],
  ["slug with capitals and blanks", [["c", "slug: acme", "slug: Acmé Corp"]], [
    `customers.yaml:2:11  customers[0].slug  expected lower-case letters, digits and inner hyphens, found "Acmé Corp"; did you mean \`acme-corp\`?  [wrong-value]`,
  ]],
  ["slug with an underscore", [["c", "slug: acme", "slug: acme_corp"]], [
    `customers.yaml:2:11  customers[0].slug  expected lower-case letters, digits and inner hyphens, found "acme_corp"; did you mean \`acme-corp\`?  [wrong-value]`,
  ]],
  ["slug with a hyphen at the end", [["c", "slug: acme", "slug: acme-"]], [
    `customers.yaml:2:11  customers[0].slug  expected lower-case letters, digits and inner hyphens, found "acme-"; did you mean \`acme\`?  [wrong-value]`,
  ]],
  ["slug too short: one fault, not two", [["c", "slug: acme", "slug: A"]], [
    `customers.yaml:2:11  customers[0].slug  expected lower-case letters, digits and inner hyphens, found "A"  [wrong-value]`,
  ]],
  ["slug too long", [["c", "slug: acme", "slug: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]], [
    `customers.yaml:2:11  customers[0].slug  expected at most 40 characters, found "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  [wrong-value]`,
  ]],
  ["hostname without a dot", [["c", "shop.example.net", "shop"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  expected a full hostname in lower case, found "shop"  [wrong-value]`,
  ]],
  ["hostname with capitals", [["c", "shop.example.net", "Shop.example.net"]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  expected a full hostname in lower case, found "Shop.example.net"; did you mean \`shop.example.net\`?  [wrong-value]`,
  ]],
  ["hostname as URL", [["c", "shop.example.net", `"https://shop.example.net/"`]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  expected a full hostname in lower case, found "https://shop.example.net/"; did you mean \`shop.example.net\`?  [wrong-value]`,
  ]],
  ["hostname with a wildcard", [["c", "shop.example.net", `"*.example.net"`]], [
    `customers.yaml:8:17  customers[1].hostnames[0]  expected a full hostname in lower case, found "*.example.net"  [wrong-value]`,
  ]],
  ["e-mail address", [["c", "name: Acme", `name: Acme\n    email: acme`]], [
    `customers.yaml:4:12  customers[0].email  expected an e-mail address, found "acme"  [wrong-value]`,
  ]],
  ["time of a window", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sun], from: 2:00, to: "25:00", timeZone: Europe/Berlin }\n`]], [
    `customers.yaml:13:34  customers[2].window.from  expected a time HH:MM, found "2:00"; did you mean \`02:00\`?  [wrong-value]`,
    `customers.yaml:13:44  customers[2].window.to  expected a time HH:MM, found "25:00"  [wrong-value]`,
  ]],
  ["day of a window", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [sunday], from: "02:00", to: "05:00", timeZone: Europe/Berlin }\n`]], [
    `customers.yaml:13:22  customers[2].window.days[0]  expected one of mon, tue, wed, thu, fri, sat, sun, found "sunday"; did you mean \`sun\`?  [wrong-value]`,
  ]],
  ["window without days", [["c", `    phase: live\n`, `    phase: live\n    window: { days: [], from: "02:00", to: "05:00", timeZone: Europe/Berlin }\n`]], [
    "customers.yaml:13:21  customers[2].window.days  expected at least 1 entry, found an empty list  [wrong-value]",
  ]],
  ["private key for a public one", [["h", `operators: [{ name: ann, publicKey: "-----BEGIN OPENSSH PRIVATE KEY-----" }]\n`]], [
    "hosting.yaml:20:37  operators[0].publicKey  expected an OpenSSH public key, found a private key (it is exposed now: make a new pair, and give the line of its .pub file)  [wrong-value]",
  ]],
  ["password in the file", [["h", "app: { image: registry.example.com/demo/app }", "app: { image: registry.example.com/demo/app, registry: { username: ann, password: hunter2 } }"]], [
    "hosting.yaml:9:83  app.registry.password  expected `env:NAME` for the variable that holds it, or a command, found a secret (it is exposed now: make a new one)  [wrong-value]",
  ]],
  ["command without words", [["h", "app: { image: registry.example.com/demo/app }", "app: { image: registry.example.com/demo/app, registry: { username: ann, password: { command: [] } } }"]], [
    "hosting.yaml:9:94  app.registry.password.command  expected at least 1 entry, found an empty list  [wrong-value]",
  ]],
  ["health path without a slash", [["h", "app: { image: registry.example.com/demo/app }", "app: { image: registry.example.com/demo/app, health: { ready: ready } }"]], [
    `hosting.yaml:9:63  app.health.ready  expected a path that begins with /, found "ready"; did you mean \`/ready\`?  [wrong-value]`,
  ]],
  ["name of a tier", [["h", `  dedicated:\n`, `  Dedicated Plus:\n`], ["c", "tier: dedicated", "tier: shared"], ["c", `    phase: live\n`, ""], ["h", "{ hosts: [big] }, ", ""]], [
    `hosting.yaml:17:3  tiers.Dedicated Plus  the name "Dedicated Plus" is not allowed; expected lower-case letters, digits and inner hyphens  [wrong-value]`,
  ]],
  ["environment variable in small letters", [["h", "app: { image: registry.example.com/demo/app }", "app: { image: registry.example.com/demo/app, environment: { locale: de } }"]], [
    `hosting.yaml:9:61  app.environment.locale  the name "locale" is not allowed; expected capital letters, digits and underscores  [wrong-value]`,
  ]],
  ["an entry that is no mapping", [["c", `  - acme\n`]], [
    `customers.yaml:13:5  customers[3]  expected a mapping of keys, found "acme"  [wrong-type]`,
  ]],
  ["the file is a list", [{ file: "c", text: `- slug: acme\n` }], [
    "customers.yaml:1:1  expected a mapping of keys, found a list  [wrong-type]",
  ]],
  ["a key that objects inherit", [["c", "name: Acme", `name: Acme\n    __proto__: { x: 1 }`]], [
    "customers.yaml:4:5  customers[0].__proto__  unknown key `__proto__` in customers[0]; keys that may be here: email, status, eraseOn, phase, host, hostnames, serverType, location, labels, limits, window  [unknown-key]",
  ]],
];

describe.each(Object.entries({ shape }))("%s", (_section, cases) => {
  it.each(cases)("%s", (_what, changes, faults, warnings = []) => {
    expect(faultLines(...changes)).toEqual(faults);
    expect(warningLines(...changes)).toEqual(warnings);
  });
});
