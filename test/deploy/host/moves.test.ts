/** What a move runs on hosts, as text: link, waiting room, routes, files. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyFiles, compareFiles, linkSsh, parseCopied, parseSums } from "../../../deploy/host/files.ts";
import { admitLink, lateUnit, linkPorts, linkUnit, NAMES_UNIT, parsePrepared, type PortsThere, prepareLink, startLink, watchdogUnit } from "../../../deploy/host/link.ts";
import { checkLink, closeLink, linkLeftovers, parseLinkLeftovers } from "../../../deploy/host/link-state.ts";
import { deployMove, type Route } from "../../../deploy/host/proxy.ts";
import { beginMove, enterRoom, leaveRoom, moveRoutes, parseMoveRoutes, removeMove, startRoom } from "../../../deploy/host/room.ts";
import { readable, render } from "../../../deploy/remote/shell.ts";

const route: Route = { target: "app-v1-abc:3000", hosts: ["acme.example.com"], healthPath: "/ready", drainSeconds: 30, forwardHeaders: true };
const peer = { host: "orion", user: "deploy", address: "10.0.0.3" };
const database = "postgres.etage.internal";
const app = "app.etage.internal";
const nothing: PortsThere = { own: null, others: [], listening: [] };
const ports = linkPorts("acme", [nothing]);
const { database: near, app: far } = ports;

describe("commands of a move", () => {
  it.each([
    ["prepare", prepareLink("acme", "etage"), "sudo -n '<prepare-link>' /var/lib/etage/move/acme acme etage etage-link-acme.service"],
    ["admit", admitLink({ slug: "acme", user: "deploy", publicKey: "ssh-ed25519 AAAA", dataPath: "/mnt/data", network: "etage", port: 3000 }),
      `sudo -n '<admit-link>' /var/lib/etage/move/acme acme deploy 'ssh-ed25519 AAAA' /mnt/data/uploads ${database} ${app} etage-names.service etage postgres proxy app 3000 /mnt/data/proxy/kamal-proxy.state`],
    ["start", startLink("acme", "172.18.0.1", { ...peer, hostKey: "ssh-ed25519 BBBB" }, 3000, ports),
      `sudo -n '<start-link>' /var/lib/etage/move/acme etage-link-acme.service 172.18.0.1 deploy 10.0.0.3 'ssh-ed25519 BBBB' orion ${database} ${app} ${near} ${far} 3000`],
    ["check", checkLink("acme", "172.18.0.1", ports, "/ready"), `sudo -n '<check-link>' etage-link-acme.service 172.18.0.1 ${near} ${far} postgres /ready 40`],
    ["close", closeLink("acme", "deploy"), "sudo -n '<close-link>' /var/lib/etage/move/acme acme etage-link-acme.service deploy etage-names.service etage-watchdog-acme.service etage-late-acme.service"],
    ["leftovers", linkLeftovers("deploy"), "sudo -n '<link-leftovers>' /var/lib/etage/move deploy"],
    ["room", startRoom(), "'<start-room>' proxy room 96"],
    ["enter the room", enterRoom("acme", route), "docker exec room kamal-proxy deploy move-acme --target app-v1-abc:3000 --host acme.example.com --health-check-path /ready --health-check-timeout 5s --deploy-timeout 20s "
      + "--drain-timeout 1s --forward-headers && docker exec room kamal-proxy pause move-acme --drain-timeout 1s --max-pause 30s"],
    ["leave the room", leaveRoom("acme"), "'<leave-room>' room move-acme"],
    ["remove the route", removeMove("acme"), "'<remove-move>' proxy streams-acme trial-acme move-acme"],
    ["routes", moveRoutes(), "'<move-routes>' proxy room"],
    ["copy", copyFiles({ slug: "acme", folders: ["acme"], from: "/mnt/a", to: "/mnt/b", peer, limitKilobytes: 0 }), `sudo -n '<copy-files>' /mnt/a/uploads 0 '${linkSsh("acme", peer).slice(0, -1).join(" ")}' 10.0.0.3 acme`],
    ["sums", compareFiles("/mnt/a", ["acme", "shared logo"]), "sudo -n '<sum-files>' /mnt/a/uploads acme 'shared logo'"],
  ])("%s", (_name, command, text) => {
    expect(readable(command)).toBe(text);
  });

  it("a customer's route has the host's certificate, its streams have that from it, and nobody waits for them or cuts them", () => {
    expect(readable(deployMove("acme", { ...route, streams: ["/events"] })).split(" && ")).toEqual([
      "docker exec proxy kamal-proxy deploy move-acme --target app-v1-abc:3000 --host acme.example.com --tls --tls-certificate-path /etc/etage/tls/certificate.pem --tls-private-key-path /etc/etage/tls/key.pem "
        + "--health-check-path /ready --health-check-timeout 5s --deploy-timeout 20s --drain-timeout 30s --forward-headers",
      "'<remove-streams>' docker exec proxy kamal-proxy remove streams-acme",
      "docker exec proxy kamal-proxy deploy streams-acme --target app-v1-abc:3000 --host acme.example.com --path-prefix /events --strip-path-prefix=false "
        + "--health-check-path /ready --health-check-timeout 5s --deploy-timeout 20s --drain-timeout 1ms --forward-headers=true",
    ]);
  });
});

describe("a customer's own route", () => {
  const services = (hosts: string[], appHosts: string[]): string[] => render(beginMove("acme", { ...route, hosts }, { ...route, hosts: appHosts }))
    .split(/ && (?=docker|\{ docker)/).map((line) => `${/deploy (\S+)/.exec(line)?.[1] ?? "remove app"} ${[...line.matchAll(/--host '?([^' ]+)'?/g)].map(([, host]) => host).join(" ")}`.trim());

  it.each([
    ["under a wildcard", ["acme.example.com"], ["example.com", "*.example.com"], ["move-acme acme.example.com"]],
    ["with a hostname that the app's route has", ["acme.example.com", "shop.acme.org"], ["example.com", "*.example.com", "shop.acme.org"],
      ["move-acme acme.example.com *.acme.org", "app example.com *.example.com", "move-acme acme.example.com shop.acme.org"]],
    ["on a host of its own", ["acme.example.com"], ["acme.example.com"], ["move-acme *.example.com", "remove app", "move-acme acme.example.com"]],
    ["whose wildcard the app's route has", ["a.example.com"], ["*.example.com", "a.example.com"], ["app *.example.com", "move-acme a.example.com"]],
  ])("%s", (_name, hosts, appHosts, expected) => {
    expect(services(hosts, appHosts)).toEqual(expected);
  });
});

describe("ports of a link", () => {
  const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

  it("are the same for the same customer, above the usual ones, and two customers' never meet on a host", () => {
    fc.assert(fc.property(fc.uniqueArray(slug, { minLength: 2, maxLength: 12 }), (slugs) => {
      const others: number[] = [];
      for (const one of slugs) {
        const { database, app } = linkPorts(one, [{ ...nothing, others: [...others] }, nothing]);
        expect(database >= 20_000 && app === database + 1 && app < 30_000).toBe(true);
        expect(others).not.toContain(database);
        expect(others).not.toContain(app);
        expect(linkPorts(one, [{ own: database, others: [...others], listening: [database, app] }, nothing])).toEqual({ database, app });
        others.push(database, app);
      }
    }), { numRuns: 20 });
  });

  it("are others where either host has something there, and stay where the link is", () => {
    expect(linkPorts("acme", [nothing, { ...nothing, listening: [far] }]).database).not.toBe(near);
    expect(linkPorts("acme", [{ ...nothing, others: [near, far] }, nothing]).database).not.toBe(near);
    // A killed run made one end only, on other ports than the slug would have now.
    expect(linkPorts("acme", [nothing, { own: 21_000, others: [], listening: [21_000, 21_001] }])).toEqual({ database: 21_000, app: 21_001 });
    // Another customer's link has them, and this one's never came up.
    expect(linkPorts("acme", [{ own: near, others: [near, far], listening: [near, far] }, nothing]).database).not.toBe(near);
    expect(() => linkPorts("acme", [{ ...nothing, listening: Array.from({ length: 10_000 }, (_, at) => 20_000 + at) }])).toThrow(RangeError);
  });
});

it("a customer's units never have the name of another's, or of those that all share", () => {
  const names = ["names", "acme", "acme-watchdog", "watchdog-acme", "link-acme"].flatMap((slug) => [linkUnit(slug), watchdogUnit(slug), lateUnit(slug)]);
  expect(new Set([...names, NAMES_UNIT]).size).toBe(names.length + 1);
});

describe("answers", () => {
  it("of a prepared link", () => {
    expect(parsePrepared("ssh-ed25519 AAAA\n172.18.0.1\n")).toEqual({ publicKey: "ssh-ed25519 AAAA", gateway: "172.18.0.1", ports: nothing });
    expect(parsePrepared("ssh-ed25519 AAAA\n172.18.0.1\nown 20010 20011\nothers 20044 20045\nothers\nlistening 22 443 20010\n").ports).toEqual({ own: 20010, others: [20044, 20045], listening: [22, 443, 20010] });
    expect(() => parsePrepared("ssh-ed25519 AAAA\n")).toThrow("not an answer");
  });

  it("of a pass", () => {
    expect(parseCopied("12 34567 1 250\n")).toEqual({ files: 12, bytes: 34567, removed: 1, seconds: 0.25 });
    expect(parseCopied("0 0 0 0\n")).toEqual({ files: 0, bytes: 0, removed: 0, seconds: 0 });
  });

  it("of sums, with any name that a file may have", () => {
    const sum = "a".repeat(64);
    expect([...parseSums(`3 acme/a b\n c\x000 acme/ö\x004 acme/gone\0${sum}  acme/a b\n c\0${sum}  acme/ö\0`)]).toEqual([["acme/a b\n c", { sum, bytes: 3 }], ["acme/ö", { sum, bytes: 0 }]]);
  });

  it("of what is left", () => {
    expect(parseLinkLeftovers("acme\nbeta\n")).toEqual(["acme", "beta"]);
    expect(parseMoveRoutes("\n")).toEqual([]);
  });
});
