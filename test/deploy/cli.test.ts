/** Arguments in, verb and options out; nothing runs. */
import { describe, expect, it } from "vitest";
import { verbs } from "../../deploy/commands/verbs.ts";
import { parser } from "../../deploy/parser.ts";

async function parse(line: string) {
  let chosen: { verb: string; args: Record<string, unknown> } | undefined;
  await parser(line.split(" ").filter(Boolean), verbs, (verb, args) => { chosen = { verb: verb.command, args }; }).parseAsync();
  return chosen;
}

describe("arguments", () => {
  it.each([
    ["check", "check", { json: false }],
    ["customer add acme --name Acme --email a@b.com --tier shared --domain a.b.com --domain c.d.com --label k=v -y", "customer add <slug>", { slug: "acme", name: "Acme", domain: ["a.b.com", "c.d.com"], label: ["k=v"], yes: true, dryRun: false }],
    ["customer set acme --size= --drop-domain x.y --limit users=5", "customer set <slug>", { size: "", dropDomain: ["x.y"], limit: ["users=5"] }],
    ["customer suspend acme --dry-run", "customer suspend <slug>", { slug: "acme", dryRun: true, yes: false }],
    ["customer resume 42", "customer resume <slug>", { slug: "42" }],
    ["customer remove acme --yes --confirm acme", "customer remove <slug>", { yes: true, confirm: "acme" }],
    ["customer list --json", "customer list", { json: true }],
    ["customer show acme", "customer show <slug>", { slug: "acme" }],
    ["apply -y --wait 60", "apply", { yes: true, dryRun: false, wait: 60, holdLimit: 1000 }],
    ["apply --dry-run --json", "apply", { yes: false, dryRun: true, json: true }],
    ["status --json", "status", { json: true }],
    ["release build v42", "release build <release>", { release: "v42", push: true, force: false, dryRun: false }],
    ["release build v42 --no-push --force --context x", "release build <release>", { push: false, force: true, context: "x" }],
    ["app check shop:v1 --postgres p:18 --json", "app check <image>", { image: "shop:v1", postgres: "p:18", json: true }],
    ["releases", "releases", {}],
    ["update-all", "update-all [release]", { yes: false, dryRun: false, now: false }],
    ["update-all v42 -y --dry-run --now --except a --except b,c", "update-all [release]", { release: "v42", yes: true, dryRun: true, now: true, except: ["a", "b,c"] }],
    ["plan", "plan [release]", { now: false }],
    ["plan --only helmex,orion v42 --out x.json --on-failure revert", "plan [release]", { release: "v42", only: ["helmex,orion"], out: "x.json", onFailure: "revert" }],
    ["update-all --plan x.json -y", "update-all [release]", { plan: "x.json", yes: true }],
    ["update-all v42 --without-proof moved", "update-all [release]", { release: "v42", withoutProof: "moved" }],
    ["backup install shared --dry-run", "backup install [host]", { host: "shared", dryRun: true, wait: 0 }],
    ["backup run --kind database --kind files shared --full", "backup run [host]", { host: "shared", kind: ["database", "files"], full: true }],
    ["backup list acme --json", "backup list [of]", { of: "acme", json: true }],
    ["backup verify", "backup verify [host]", {}],
    ["update helmex v42", "update <host> [release]", { host: "helmex", release: "v42" }],
    ["update helmex", "update <host> [release]", { host: "helmex" }],
    ["update helmex 42", "update <host> [release]", { release: "42" }],
    ["rollback helmex --to v40", "rollback <host>", { host: "helmex", to: "v40" }],
    ["history", "history", { limit: 20 }],
    ["history -n 5 --host orion", "history", { limit: 5, host: "orion" }],
    ["history show last --json", "history show <operation>", { operation: "last", json: true }],
    ["logs shared -f -n 5 --release v1", "logs <host>", { host: "shared", follow: true, lines: 5, release: "v1" }],
    ["logs shared --service proxy", "logs <host>", { service: "proxy", lines: 100 }],
    ["stand-in shared -- pulumi up -s shared --yes", "stand-in <host>", { host: "shared", wait: 0, "--": ["pulumi", "up", "-s", "shared", "--yes"] }],
    ["ssh orion", "ssh <host> [words..]", { host: "orion" }],
    ["ssh orion -- docker ps --all", "ssh <host> [words..]", { host: "orion", "--": ["docker", "ps", "--all"] }],
  ])("deploy %s", async (line, verb, args) => {
    expect(await parse(line)).toEqual({ verb, args: expect.objectContaining(args) });
  });

  it.each([
    ["", /which command/], ["update-al v1", /Did you mean update-all/], ["update", /Not enough/], ["status --jsn", /jsn/], ["release", /which one/], ["app", /which one/], ["app check", /Not enough/], ["customer", /which one/], ["backup", /which one/], ["backup run --kind verify", /verify/], ["customer add acme --name A --tier shared", /email/], ["customer show", /Not enough/], ["release build", /Not enough/], ["check all", /all/], ["history yesterday", /yesterday/], ["history show", /Not enough/], ["rollback a b", /b/], ["plan v1 --on-failure hope", /halt/],
  ])("deploy %s is a fault of usage", async (line, message) => {
    await expect(parse(line)).rejects.toMatchObject({ message: expect.stringMatching(message), code: 2 });
  });

  it("every verb has an example, and a handler that loads", async () => {
    for (const verb of verbs) {
      expect(verb.examples, verb.command).not.toHaveLength(0);
      expect(await verb.load(), verb.command).toBeTypeOf("function");
    }
  }, 30_000);
});
