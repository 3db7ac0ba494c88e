/** Every command that goes to a host, as text. */
import { describe, expect, it } from "vitest";
import { all, any, pipe, quiet, root, script, sections } from "../../../deploy/host/command.ts";
import { containerLogs, pruneImages, pull, removeApps, runOnce, startApp, stopApp } from "../../../deploy/host/docker.ts";
import { gateInside, probe, probeInput } from "../../../deploy/host/gate.ts";
import { beatLock, releaseLock, takeLock } from "../../../deploy/host/lock.ts";
import { dump } from "../../../deploy/host/postgres.ts";
import { deployCanary, deployRoute, removeCanary, removeRoute, withdrawCanary } from "../../../deploy/host/proxy.ts";
import { writeReleaseLog } from "../../../deploy/host/release-log.ts";
import { checksums, filesInput, writeFiles } from "../../../deploy/host/secrets.ts";
import { beginStandIn, endStandIn } from "../../../deploy/host/stand-in.ts";
import { steadyWatch } from "../../../deploy/host/steady.ts";
import { quote, readable, render } from "../../../deploy/remote/shell.ts";

const spec = {
  name: "app-v2-abc", version: "v2", digest: "sha256:2", image: "r/app@sha256:2", network: "etage", dataPath: "/mnt/data", memoryMegabytes: 256, drainSeconds: 30,
  environment: { DOMAIN: "example.com", GREETING: "it's two words" }, settings: "f00", since: "2026-01-01T00:00:00Z",
};
const options = "--network etage --group-add 10001 --volume /etc/etage/secrets:/run/secrets:ro --volume /mnt/data/uploads:/data/uploads --env DOMAIN=example.com --env 'GREETING=it'\\''s two words'";

describe("commands on a host", () => {
  it.each([
    ["pull", pull("r/app@sha256:2", "r/app:v2"), "{ { docker image inspect r/app@sha256:2 >/dev/null 2>&1; } || docker pull --quiet r/app@sha256:2; } && docker tag r/app@sha256:2 r/app:v2"],
    ["pull with a login", pull("r/app@sha256:2", "r/app:v2", { login: true }), "{ { docker image inspect r/app@sha256:2 >/dev/null 2>&1; } || '<logged-in>' docker pull --quiet r/app@sha256:2; } && docker tag r/app@sha256:2 r/app:v2"],
    ["migrate", runOnce(spec, "migrate"), `docker run --rm --label etage.role=task ${options} r/app@sha256:2 migrate`],
    ["tenants", runOnce(spec, "tenants", { stdin: true }), `docker run --rm --label etage.role=task --interactive ${options} r/app@sha256:2 tenants`],
    ["start", startApp(spec), "sudo -n install -d -o 10001 -g 10001 -m 0750 /mnt/data/uploads && docker run --detach --name app-v2-abc --restart unless-stopped --label etage.role=app --label etage.release=v2 --label etage.digest=sha256:2 "
      + `--label etage.since=2026-01-01T00:00:00Z --label etage.settings=f00 --memory 256m --stop-timeout 35 ${options} r/app@sha256:2 serve`],
    ["stop", stopApp("app-v1-abc", 29.5), "docker stop -t 35 app-v1-abc"],
    ["remove", removeApps(["app-v1-abc", "app-v0-abc"]), "'<remove>' /var/lib/etage/logs app-v1-abc app-v0-abc"],
    ["prune", pruneImages("r/app", ["v2", "v1"]), "'<prune-images>' r/app v2 v1"],
    ["logs", containerLogs("proxy", { lines: 10, follow: true }), "docker logs --timestamps --tail 10 --follow proxy"],
    ["switch", deployRoute({ target: "app-v2-abc:3000", hosts: ["example.com", "*.example.com"], healthPath: "/health/ready", drainSeconds: 30, forwardHeaders: true }),
      "docker exec proxy kamal-proxy deploy app --target app-v2-abc:3000 --host example.com --host '*.example.com' --tls --tls-certificate-path /etc/etage/tls/certificate.pem "
      + "--tls-private-key-path /etc/etage/tls/key.pem --health-check-path /health/ready --health-check-timeout 5s --deploy-timeout 20s --drain-timeout 30s --forward-headers"],
    ["canary", deployCanary({ target: "app-v2-abc:3000", hosts: ["acme.example.com"], healthPath: "/health/ready", drainSeconds: 30, forwardHeaders: false }),
      "docker exec proxy kamal-proxy deploy canary --target app-v2-abc:3000 --host acme.example.com --tls --tls-certificate-path /etc/etage/tls/certificate.pem "
      + "--tls-private-key-path /etc/etage/tls/key.pem --health-check-path /health/ready --health-check-timeout 5s --deploy-timeout 20s --drain-timeout 30s"],
    ["remove the canary", removeCanary(), "'<remove-canary>' docker exec proxy kamal-proxy remove canary"],
    ["stand-in", beginStandIn(29.5), "sudo -n '<begin-stand-in>' proxy proxy-stand-in 9090 30"],
    ["end of a stand-in", endStandIn(30), "sudo -n '<end-stand-in>' proxy proxy-stand-in 9090 30"],
    ["remove route", removeRoute(), "docker exec proxy kamal-proxy remove app"],
    ["lock", takeLock({ operation: "op", by: "ada", machine: "laptop", reason: "update to v2", since: "now" }),
      `'<lock>' /var/lib/etage /var/lib/etage/lock '{"operation":"op","by":"ada","machine":"laptop","reason":"update to v2","since":"now"}' 30 op /var/lib/etage/generation`],
    ["heartbeat", beatLock("op"), "'<heartbeat>' /var/lib/etage/lock op 9"],
    ["unlock", releaseLock("op"), "'<unlock>' /var/lib/etage /var/lib/etage/lock op"],
    ["dump", dump("/mnt/data", new Date("2026-03-04T05:06:07Z"), { user: "app", name: "app" }, { databasePerCustomer: false }), "sudo -n '<dump>' /mnt/data/backups 2026-03-04T05-06-07Z app app '' 7"],
    ["dump of each customer's database, too", dump("/mnt/data", new Date("2026-03-04T05:06:07Z"), { user: "app", name: "app" }, { databasePerCustomer: true }), "sudo -n '<dump>' /mnt/data/backups 2026-03-04T05-06-07Z app app 'app\\_%' 7"],
    ["checksums", checksums(["/a", "/b"]), "sudo -n '<checksums>' /a /b"],
    ["write files", writeFiles(), "sudo -n '<write-files>' 10001"],
    ["inside", gateInside({ container: "app-v2-abc", network: "etage", port: 3000, readyPath: "/ready", versionPath: "/version", version: "v2", attempts: 20, intervalSeconds: 0.5, timeoutSeconds: 3, successes: 2, status: 204, body: "all well", staySeconds: 0.5 }),
      "'<gate-inside>' app-v2-abc etage 3000 /ready /version v2 20 0.5 3 2 500 204 'all well' '' 500"],
    ["steady", steadyWatch({ container: "app-v2-abc", network: "etage", port: 3000, readyPath: "/ready", status: 200, header: "X-Ready: yes", seconds: 2.5, intervalSeconds: 0.5, timeoutSeconds: 3 }),
      "'<steady>' app-v2-abc etage 3000 /ready 200 '' 'X-Ready: yes' 2500 0.5 3"],
    ["outside", probe(2), "sudo -n '<gate-outside>' 2"],
  ])("%s", (_name, command, text) => {
    expect(readable(command)).toBe(text);
  });

  it("the canary's customers go back to the old release first, so that none of their requests is cut off", () => {
    const text = readable(withdrawCanary({ target: "app-v1-abc:3000", hosts: ["acme.example.com"], healthPath: "/ready", drainSeconds: 30, forwardHeaders: false }));
    expect(text.replaceAll(/ --tls-\S+ \S+| --health\S+ \S+| --deploy-\S+ \S+/g, "")).toBe(
      "{ docker exec proxy kamal-proxy deploy canary --target app-v1-abc:3000 --host acme.example.com --tls --drain-timeout 30s && '<remove-canary>' docker exec proxy kamal-proxy remove canary; }"
      + " || '<remove-canary>' docker exec proxy kamal-proxy remove canary");
  });

  it("keeps secrets out of every argument", () => {
    const files = [{ path: "/etc/etage/secrets/database-url", content: "postgres://app:hidden@postgres/app" }];
    expect(filesInput(files)).toBe(`/etc/etage/secrets/database-url ${Buffer.from(files[0]!.content).toString("base64")}\n`);
    expect(render(writeFiles())).not.toContain("hidden");
  });

  it("writes record and audit line together", () => {
    const record = { version: "v2", digest: "sha256:2", at: "2026-01-01T00:00:00Z", by: "ada@laptop", operation: "op", verb: "update" as const, outcome: "serving" as const };
    expect(readable(writeReleaseLog(record))).toBe(
      `'<record>' /var/lib/etage/releases.jsonl /var/lib/etage/audit.log '${JSON.stringify(record)}' '2026-01-01T00:00:00Z ada@laptop update v2 serving op'`);
  });

  it("asks curl for every name, and trusts only the host's own certificate", () => {
    const text = probeInput([
      { hostname: "acme.example.com", tenant: "acme", suspended: false, certified: true },
      { hostname: "acme.shop", tenant: "acme", suspended: false, certified: false },
    ], "/version", 3);
    expect(text.split("\nnext\n").map((part) => part.split("\n").slice(0, 6))).toEqual([
      ['url = "https://acme.example.com/version"', "silent", "include", "max-time = 3", 'connect-to = "::127.0.0.1:443"', 'cacert = "/etc/etage/tls/certificate.pem"'],
      ['url = "https://acme.shop/version"', "silent", "include", "max-time = 3", 'connect-to = "::127.0.0.1:443"', "insecure"],
    ]);
  });
});

describe("shell text", () => {
  it.each([
    ["plain", "plain"], ["a b", "'a b'"], ["it's", "'it'\\''s'"], ["$HOME", "'$HOME'"], ["", "''"], ["*.example.com", "'*.example.com'"], ["a;b", "'a;b'"], ["--x=1,2", "--x=1,2"], ["ü", "'ü'"], ["~", "'~'"],
  ])("quotes %s as %s", (word, quoted) => {
    expect(quote(word)).toBe(quoted);
  });

  it.each([
    [all(["a"], ["b", "c d"]), "a && b 'c d'"],
    [any(all(["a"], ["b"]), ["c"]), "{ a && b; } || c"],
    [pipe(["a"], ["b"]), "a | b"],
    [quiet(all(["a"], ["b"])), "{ a && b; } >/dev/null 2>&1"],
    [root(["a"]), "sudo -n a"],
    [script("name", "echo $1", "it's", 2), "sh -c 'echo $1' name 'it'\\''s' 2"],
    [sections(["one", ["a"]]), "printf '\\036<%s\\n' one; a; printf '\\n\\036>%s\\n' $?"],
  ])("renders %j", (command, text) => {
    expect(render(command)).toBe(text);
  });
});
