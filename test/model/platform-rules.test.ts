/** Rules about the platform: machines, services, the rest; and many faults at once. */
import { describe, expect, it } from "vitest";
import { faultLines, warningLines, type Change } from "./files.ts";

/** What is done to the files; the faults it makes; the warnings, where there are any. */
type Case = [what: string, changes: Change[], faults: string[], warnings?: string[]];

const machines: Case[] = [
  ["misspelt server type", [["h", "serverType: cx23", "serverType: cx2e"]], [
    `hosting.yaml:19:17  tiers.dedicated.serverType  "cx2e" is no server type of Hetzner Cloud as of 2026-09-03; did you mean \`cx23\`?  [known-server-type]`,
  ]],
  ["server type of old", [["h", "serverType: cx23", "serverType: cx21"]], [
    `hosting.yaml:19:17  tiers.dedicated.serverType  "cx21" is no server type of Hetzner Cloud as of 2026-09-03; did you mean \`cx23\`?  [known-server-type]`,
  ]],
  ["unknown server type, nothing near", [["h", "serverType: cx23", "serverType: m5.large"]], [
    `hosting.yaml:19:17  tiers.dedicated.serverType  "m5.large" is no server type of Hetzner Cloud as of 2026-09-03; known ones: model/catalog.ts  [known-server-type]`,
  ]],
  ["deprecated server type", [["h", "serverType: cx23", "serverType: cx22"]], [], [
    "hosting.yaml:19:17  tiers.dedicated.serverType  cx22 is deprecated since 2025-10-16; new servers can't be ordered; its successor is `cx23`  [current-server-type]",
  ]],
  ["customer's own server type", [["c", `    phase: live\n`, `    phase: live\n    serverType: cx99\n`]], [
    `customers.yaml:13:17  customers[2].serverType  "cx99" is no server type of Hetzner Cloud as of 2026-09-03; did you mean \`cx23\`?  [known-server-type]`,
  ]],
  ["type not sold in the platform's location", [["h", "serverType: cx23", "serverType: cpx11"]], [
    "hosting.yaml:19:17  tiers.dedicated.serverType  cpx11 is not sold in fsn1 (sold in ash, hil, sin); there, `cx23` has as much or more  [sold-in-location]",
  ]],
  ["type not sold in the customer's location", [["c", `    phase: live\n`, `    phase: live\n    location: sin\n`], ["h", `network: { zone: ap-southeast }\n`], ["h", "location: fsn1", "location: sin"], ["h", "serverType: cx33", "serverType: ccx13"]], [
    "hosting.yaml:19:17  tiers.dedicated.serverType  cx23 is not sold in sin (sold in fsn1, nbg1, hel1); there, `cpx21` has as much or more  [sold-in-location]",
  ]],
  ["misspelt location", [["h", "location: fsn1", "location: fsn"]], [
    `hosting.yaml:4:11  location  "fsn" is no location of Hetzner Cloud (fsn1 Falkenstein, nbg1 Nuremberg, hel1 Helsinki, ash Ashburn, hil Hillsboro, sin Singapore); did you mean \`fsn1\`?  [known-location]`,
  ]],
  ["city for a location", [["h", "location: fsn1", "location: Helsinki"]], [
    `hosting.yaml:4:11  location  "Helsinki" is no location of Hetzner Cloud (fsn1 Falkenstein, nbg1 Nuremberg, hel1 Helsinki, ash Ashburn, hil Hillsboro, sin Singapore); did you mean \`hel1\`?  [known-location]`,
  ]],
  ["data centre for a location", [["h", "location: fsn1", "location: fsn1-dc14"]], [
    `hosting.yaml:4:11  location  "fsn1-dc14" is no location of Hetzner Cloud (fsn1 Falkenstein, nbg1 Nuremberg, hel1 Helsinki, ash Ashburn, hil Hillsboro, sin Singapore); did you mean \`fsn1\`?  [known-location]`,
  ]],
  ["location outside the network's zone", [["h", `    serverType: cx23\n`, `    serverType: ccx13\n    location: ash\n`]], [
    "hosting.yaml:20:15  tiers.dedicated.location  ash is in network zone us-east, but the platform's network is in eu-central; locations in eu-central: fsn1, nbg1, hel1  [location-in-network-zone]",
  ]],
  ["network not in CIDR", [["h", `network: { range: 10.0.0.0 }\n`]], [
    `hosting.yaml:20:19  network.range  "10.0.0.0" is no IPv4 range; expected for example 10.0.0.0/16  [private-network]`,
  ]],
  ["network with host bits", [["h", `network: { range: 10.0.0.1/16 }\n`]], [
    `hosting.yaml:20:19  network.range  "10.0.0.1/16" is no IPv4 range; expected for example 10.0.0.0/16  [private-network]`,
  ]],
  ["public network", [["h", `network: { range: 11.0.0.0/16, subnet: 11.0.1.0/24 }\n`]], [
    `hosting.yaml:20:19  network.range  "11.0.0.0/16" is not private; take a range in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16  [private-network]`,
  ]],
  ["subnet outside", [["h", `network: { range: 10.0.0.0/16, subnet: 10.1.0.0/24 }\n`]], [
    "hosting.yaml:20:40  network.subnet  the subnet 10.1.0.0/24 does not lie in 10.0.0.0/16  [private-network]",
  ]],
  ["subnet larger than the range", [["h", `network: { range: 10.0.0.0/16, subnet: 10.0.0.0/15 }\n`]], [
    "hosting.yaml:20:40  network.subnet  the subnet 10.0.0.0/15 does not lie in 10.0.0.0/16  [private-network]",
  ]],
  ["misspelt network zone", [["h", `network: { zone: eu-centrall }\n`]], [
    `hosting.yaml:20:18  network.zone  "eu-centrall" is no network zone (eu-central, us-east, us-west, ap-southeast); did you mean \`eu-central\`?  [private-network]`,
  ]],
];

const services: Case[] = [
  ["image without tag", [["h", "postgres:18", "postgres"]], [
    `hosting.yaml:6:22  services.postgres.image  the image "postgres" has no tag; name the version, as in postgres:18  [image-reference]`,
  ]],
  ["image with port and without tag", [["h", "postgres:18", "registry.example.com:5000/postgres"]], [
    `hosting.yaml:6:22  services.postgres.image  the image "registry.example.com:5000/postgres" has no tag; name the version, as in postgres:18  [image-reference]`,
  ]],
  ["image by digest is fine", [["h", "postgres:18", "postgres@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]], []],
  ["image with capitals", [["h", "postgres:18", "Postgres:18"]], [
    `hosting.yaml:6:22  services.postgres.image  "Postgres:18" is no image reference; expected for example postgres:18  [image-reference]`,
  ]],
  ["tag latest", [["h", "redis:7", "redis:latest"]], [], [
    `hosting.yaml:7:19  services.redis.image  the tag of "redis:latest" means another version from time to time; name the version  [moving-tag]`,
  ]],
  ["image of a tier without tag", [["h", `    serverType: cx23\n`, `    serverType: cx23\n    services: { redis: { image: valkey } }\n`]], [
    `hosting.yaml:20:33  tiers.dedicated.services.redis.image  the image "valkey" has no tag; name the version, as in postgres:18  [image-reference]`,
  ]],
  ["app's image with a tag", [["h", "demo/app }", "demo/app:v1 }"]], [
    `hosting.yaml:9:15  app.image  the app's image "registry.example.com/demo/app:v1" has a tag; write \`registry.example.com/demo/app\`; the release adds its own tag  [image-reference]`,
  ]],
  ["memory beyond the server type", [["h", "memoryMegabytes: 512", "memoryMegabytes: 4096"]], [
    "hosting.yaml:19:17  tiers.dedicated.serverType  cx23 has 4096 MB of memory, but the host needs 5248: postgres 4096, redis 64, proxy 64, app 2 × 256, system 512; choose a larger server type or lower memoryMegabytes  [memory-fits]",
  ]],
  ["memory beyond a customer's own server type", [["h", "memoryMegabytes: 512", "memoryMegabytes: 2560"], ["c", `    phase: live\n`, `    phase: live\n    serverType: cpx12\n`]], [
    "customers.yaml:13:17  customers[2].serverType  cpx12 has 2048 MB of memory, but the host needs 3712: postgres 2560, redis 64, proxy 64, app 2 × 256, system 512; choose a larger server type  [memory-fits]",
  ]],
  ["memory with a worker", [["h", "memoryMegabytes: 512", "memoryMegabytes: 2048"], ["h", "demo/app }", "demo/app, worker: { memoryMegabytes: 512 } }"]], [
    "hosting.yaml:19:17  tiers.dedicated.serverType  cx23 has 4096 MB of memory, but the host needs 4224: postgres 2048, redis 64, proxy 64, app 2 × 256, worker 2 × 512, system 512; choose a larger server type or lower memoryMegabytes  [memory-fits]",
  ]],
  ["uploads beyond the shared volume", [["h", "storageMegabytes: 1000", "storageMegabytes: 5000"]], [], [
    "hosting.yaml:14:5  tiers.shared.volumeGigabytes  host shared: customers may upload 10000 MB, but the volume has 10 GB, a fifth of it for the database; at least 13 would hold what is promised  [storage-fits]",
  ]],
  ["uploads beyond a dedicated volume", [["c", `    phase: live\n`, `    phase: live\n    limits: { storageMegabytes: 9000 }\n`]], [], [
    "hosting.yaml:18:5  tiers.dedicated.volumeGigabytes  host big: customers may upload 9000 MB, but the volume has 10 GB, a fifth of it for the database; at least 12 would hold what is promised  [storage-fits]",
  ]],
];

const platform: Case[] = [
  ["operator's name twice", [["h", `operators: [{ name: ann, publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE8Y7T1vVbGm0fJ1xS7xq1nqWn0kVnV2cZqQm5l5mT7p }, { name: ann, publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICk2r0mGmM2l9r7d0f3pJ8wq0Q9nq4xq0dJx3Qe1N0aB }]\n`]], [
    `hosting.yaml:20:129  operators[1].name  the name "ann" is taken by operators[0]; choose another  [distinct-operators]`,
  ]],
  ["operators with one key", [["h", `operators: [{ name: ann, publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE8Y7T1vVbGm0fJ1xS7xq1nqWn0kVnV2cZqQm5l5mT7p ann@a }, { name: bob, publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE8Y7T1vVbGm0fJ1xS7xq1nqWn0kVnV2cZqQm5l5mT7p bob@b }]\n`]], [
    "hosting.yaml:20:151  operators[1].publicKey  this is the public key of ann; each operator has a key of their own  [distinct-operators]",
  ]],
  ["key cut off", [["h", `operators: [{ name: ann, publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE8Y7T1vVbGm0fJ1xS7xq1nq }]\n`]], [
    "hosting.yaml:20:37  operators[0].publicKey  the key is cut off or damaged; copy the whole line of the .pub file  [public-key]",
  ]],
  ["key of another kind", [["h", `operators: [{ name: ann, publicKey: ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIE8Y7T1vVbGm0fJ1xS7xq1nqWn0kVnV2cZqQm5l5mT7p }]\n`]], [
    "hosting.yaml:20:37  operators[0].publicKey  the key says ssh-rsa, but holds something else; copy the whole line of the .pub file  [public-key]",
  ]],
  ["environment that deploy sets", [["h", "demo/app }", `demo/app, environment: { PORT: "80" } }`]], [
    "hosting.yaml:9:61  app.environment.PORT  PORT is set by `deploy`; remove it, or take another name  [reserved-environment]",
  ]],
  ["secret in the environment", [["h", "demo/app }", "demo/app, environment: { SMTP_PASSWORD: hunter2 } }"]], [], [
    "hosting.yaml:9:61  app.environment.SMTP_PASSWORD  SMTP_PASSWORD looks like a secret, which would stand here for all to read; keep it out of this file  [secret-in-environment]",
  ]],
  ["currency in small letters", [["h", `currency: eur\n`]], [
    `hosting.yaml:20:11  currency  "eur" is no ISO 4217 currency; did you mean \`EUR\`?  [known-currency]`,
  ]],
  ["no currency", [["h", `currency: XQX\n`]], [
    `hosting.yaml:20:11  currency  "XQX" is no ISO 4217 currency; for example EUR  [known-currency]`,
  ]],
];

const together: Case[] = [
  ["many faults in both files, in order", [["h", "location: fsn1", "location: fsn"], ["h", "serverType: cx23", "serverType: cx2e"], ["c", "slug: birch", "slug: www"], ["c", "name: Acme", "nane: Acme"], ["c", "tier: dedicated", "tier: dedicatd"], ["h", ", { tier: shared }", ""], ["c", `    hostnames: [shop.example.net]\n`, `    hostnames: [shop.example.org]\n`]], [
    `hosting.yaml:4:11  location  "fsn" is no location of Hetzner Cloud (fsn1 Falkenstein, nbg1 Nuremberg, hel1 Helsinki, ash Ashburn, hil Hillsboro, sin Singapore); did you mean \`fsn1\`?  [known-location]`,
    `hosting.yaml:19:17  tiers.dedicated.serverType  "cx2e" is no server type of Hetzner Cloud as of 2026-09-03; did you mean \`cx23\`?  [known-server-type]`,
    "customers.yaml:3:5  customers[0].nane  unknown key `nane` in customers[0]; did you mean `name`?  [unknown-key]",
    `customers.yaml:5:11  customers[1].slug  "www" is a reserved name; choose another, for example \`www-customer\`  [reserved-slug]`,
    `customers.yaml:8:17  customers[1].hostnames[0]  "shop.example.org" lies in no zone of hosting.yaml (example.com, example.net); did you mean \`shop.example.com\`? Otherwise add its zone to \`zones\`  [hostname-in-zone]`,
    `customers.yaml:11:11  customers[2].tier  "dedicatd" is no tier of hosting.yaml (shared, dedicated); did you mean \`dedicated\`?  [known-tier]`,
  ]],
  ["a rule still finds what stands beside a fault of shape", [["c", "name: Birch", "name: 7"], ["c", "slug: birch", "slug: acme"]], [
    `customers.yaml:5:11  customers[1].slug  the slug "acme" is taken by customers[0] (Acme); choose another  [unique-slug]`,
    `customers.yaml:6:11  customers[1].name  expected text, found 7; put it in quotes: "7"  [wrong-type]`,
  ]],
  ["customers are not judged by tiers that could not be read", [["h", `tiers:\n`, `teirs:\n`]], [
    "hosting.yaml:12:1  teirs  unknown key `teirs` at the top of the file; did you mean `tiers`?  [unknown-key]",
  ]],
  ["rings are not judged by customers that could not be read", [["c", "name: Acme", `name: "Acme`]], [
    "customers.yaml:3:11  the quote that begins here is never closed  [yaml-syntax]",
  ]],
];

describe.each(Object.entries({ machines, services, platform, together }))("%s", (_section, cases) => {
  it.each(cases)("%s", (_what, changes, faults, warnings = []) => {
    expect(faultLines(...changes)).toEqual(faults);
    expect(warningLines(...changes)).toEqual(warnings);
  });
});
