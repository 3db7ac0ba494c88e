/** What the image's commands do, before anything serves. */
import { parseMigrations } from "../../release/migrations.ts";
import { type Clause, excerpt, json, must } from "../clause.ts";
import { asleep, narrow, narrowLimit, one, ownName, two } from "../site.ts";

const list = [
  { slug: one, name: "One", hostnames: [ownName], status: "active", limits: {} },
  { slug: two, name: "Two", hostnames: [], status: "active", limits: {} },
  { slug: asleep, name: "Asleep", hostnames: [], status: "suspended", limits: {} },
  { slug: narrow, name: "Narrow", hostnames: [], status: "active", limits: { requestsPerMinute: narrowLimit } },
];

export const commands: readonly Clause[] = [
  {
    name: "user",
    async check(site) {
      const { code, stdout, stderr } = await site.run(["docker", "image", "inspect", "--format", "{{json .Config}}", site.options.image]);
      must(code === 0, `there is no image ${site.options.image} on this machine: ${excerpt(stderr)}`);
      const { User: user = "", Volumes: volumes } = JSON.parse(stdout) as { User?: string; Volumes?: Record<string, unknown> | null };
      const name = user.split(":")[0]!;
      must(name !== "" && name !== "0" && name !== "root", `expected a user other than root (USER in the Dockerfile), got ${name === "" ? "none" : name}`);
      must(Object.keys(volumes ?? {}).length === 0, `expected no VOLUME, since what is written there is lost; got ${Object.keys(volumes ?? {}).join(", ")}`);
      return `runs as ${user}`;
    },
  },
  {
    name: "settings",
    async check(site) {
      const { code, stderr } = await site.command(["serve"], { more: { DATABASE_URL_FILE: "/run/secrets/not-there" } });
      must(code === 1 && stderr.trim() !== "", `expected \`serve\` without its secrets to end with 1 and say why on standard error, got ${code} and ${excerpt(stderr)}`);
      const unknown = await site.command(["no-such-command"]);
      must(unknown.code !== 0, "expected a command that is none to end with another code than 0");
      return "faults are said on standard error";
    },
  },
  {
    name: "migrations",
    async check(site) {
      const { code, stdout, stderr } = await site.run(["docker", "run", "--rm", "--network", "none", site.options.image, "migrations"]);
      must(code === 0, `expected \`migrations\` to need no database, got ${code}: ${excerpt(stderr)}`);
      const found = parseMigrations(stdout);
      must(found, `expected a JSON list of {"name", "reversible"}, got ${excerpt(stdout)}`);
      return `${found.length} of them`;
    },
  },
  {
    name: "unready",
    async check(site) {
      const served = await site.start("serve", { DATABASE_URL_FILE: "/run/secrets/empty-url" });
      try {
        const { live, ready } = site.app.health;
        const answers = await Promise.all([served.ask(site.domain, live), served.ask(site.domain, ready)]);
        must(answers[0].status === 200, `expected ${live} to answer 200 without tables, got ${answers[0].status}`);
        must(answers[1].status === 503, `expected ${ready} to answer 503 while migrations are missing, got ${answers[1].status}`);
        return "not ready before `migrate`, and alive";
      } finally {
        await served.remove();
      }
    },
  },
  {
    name: "migrate",
    async check(site) {
      const both = await Promise.all([site.command(["migrate"]), site.command(["migrate"])]);
      for (const { code, stderr } of both) must(code === 0, `expected \`migrate\` to stand another one beside it, got ${code}: ${excerpt(stderr)}`);
      await site.fine(["migrate"]);
      return "alone, by two at once, and again";
    },
  },
  {
    name: "tenants", needs: ["migrate"],
    async check(site) {
      json("tenants", await site.fine(["tenants"], JSON.stringify(list)));
      const before = await site.described(one).then(({ rows }) => rows[0]);
      await site.fine(["tenants"], JSON.stringify(list.slice(0, 2)));
      must(before, "expected `describe` to name at least the table of tenants");
      const { key } = await site.described(asleep);
      const [found] = await site.sql<{ count: number }>(`select count(*) from ${before.table} where ${before.column} = '${key}'`);
      must(found?.count === 1, "expected a tenant that is not in the list to be left alone, but it is gone");
      await site.fine(["tenants"], JSON.stringify(list));
      const bad = await site.command(["tenants"], { stdin: `[{"slug": "No Slug"}]` });
      must(bad.code === 1 && bad.stderr.trim() !== "", `expected a list that does not fit to end with 1 and words, got ${bad.code}`);
      return "made, agreed with, nobody deleted";
    },
  },
];
