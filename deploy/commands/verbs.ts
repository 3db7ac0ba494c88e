/** All verbs, in the order in which help shows them. */
import { backupVerbs } from "./backup-verbs.ts";
import { customerVerbs } from "./customer-verbs.ts";
import { economyVerbs } from "./economy-verbs.ts";
import { manner, moveVerbs } from "./move-verbs.ts";
import { restoreVerbs, transferVerbs } from "./restore-verbs.ts";
import { choice, dryRun, host, now, release, type Verb, wait, withoutProof, yes } from "./verb.ts";
import { backupImageVerb } from "./backup-image-verb.ts";

export const verbs: readonly Verb[] = [
  {
    command: "check",
    summary: "Check hosting.yaml and customers.yaml: all faults at once",
    examples: [["$0 check", "Say what is wrong, with file and line"]],
    load: async () => (await import("./check.ts")).check,
  },
  ...customerVerbs,
  ...transferVerbs,
  {
    command: "apply",
    summary: "Bring customers to what customers.yaml says: shows what it will do, asks, moves and tells hosts; brings no release",
    options: { ...yes, "dry-run": { ...dryRun["dry-run"], describe: "Show the plan; change nothing" }, except: { type: "string", array: true, describe: "Leave these out: hosts (nothing is told to them, nobody moves from or to them) and customers (they don't move)" }, erase: { type: "boolean", default: false, describe: "Then also erase the customers whose last day has come, as `deploy erase` does" }, ...manner },
    examples: [["$0 apply", "Compare the file with hosts and journal, show the plan, ask, go"], ["$0 apply --dry-run", "Only the plan"], ["$0 apply --yes", "In CI, after a merge; the same again goes on after a failure"], ["$0 apply --except orion,acme", "All but what touches these"], ["$0 apply --yes --erase", "From a timer, once a day: also ends the retention of who left"]],
    load: async () => (await import("./apply.ts")).apply,
  },
  {
    command: "release build <release>",
    summary: "Build, tag and push a release of the app, and note what is in it",
    positionals: { release: { type: "string", demandOption: true, describe: "Version, for example v42" } },
    options: {
      context: { type: "string", describe: "Folder with the Dockerfile; app when left out" },
      push: { type: "boolean", default: true, describe: "Push to the registry (--no-push only builds)" },
      force: { type: "boolean", default: false, describe: "Replace a release that exists" },
      verbose: { type: "boolean", default: false, describe: "Show what the builder prints, also when it succeeds" },
      ...dryRun,
    },
    examples: [["$0 release build v42", "Build app/ as v42 and push it"], ["$0 release build v42 --context ../shop", "Build another folder"]],
    load: async () => (await import("./release-build.ts")).releaseBuild,
  },
  backupImageVerb,
  {
    command: "app check <image>",
    summary: "Try whether an image offers what hosts need: starts it here, with PostgreSQL and Redis",
    positionals: { image: { type: "string", demandOption: true, describe: "An image in this machine's Docker, with its tag" } },
    options: {
      postgres: { type: "string", describe: "Image of PostgreSQL; that of hosting.yaml when left out" },
      redis: { type: "string", describe: "Image of Redis; that of hosting.yaml when left out" },
    },
    examples: [["$0 app check registry.example.com/epica/app:v42", "One line a clause of docs/app-contract.md"], ["$0 app check shop:dev --json", "For programs"]],
    load: async () => (await import("./app-check.ts")).appCheck,
  },
  {
    command: "releases",
    summary: "List the releases that were built",
    examples: [["$0 releases", "Newest first"]],
    load: async () => (await import("./releases.ts")).releases,
  },
  {
    command: "plan [release]",
    summary: "What update-all would do, host by host and why; asks the hosts, changes nothing",
    positionals: release,
    options: { ...choice, ...now, ...withoutProof, out: { type: "string", describe: "Save the plan to this file, for update-all --plan" } },
    examples: [["$0 plan v42", "Rings, windows, migrations, backups, what is pulled, how long it takes"], ["$0 plan v42 --out v42.json", "Save it, to apply exactly this"]],
    load: async () => (await import("./plan.ts")).plan,
  },
  {
    command: "update-all [release]",
    summary: "Bring a release to all hosts, ring by ring; what a failure leads to, hosting.yaml says",
    positionals: release,
    options: { ...yes, ...dryRun, ...now, ...wait, ...choice, ...withoutProof, plan: { type: "string", describe: "Apply this saved plan, or say what changed since" } },
    examples: [["$0 update-all v42", "Show the plan, ask, go"], ["$0 update-all v42 --dry-run", "Show plan and commands"], ["$0 update-all v42 --yes", "Don't ask; the same again continues after a halt"], ["$0 update-all --plan v42.json", "What `plan --out` saved, and nothing else"]],
    load: async () => (await import("./update-all.ts")).updateAll,
  },
  {
    command: "resume [operation]",
    summary: "Go on with a rollout that halted, was stopped or killed, or waits for windows; also for a schedule",
    positionals: { operation: { type: "string", describe: "As in `deploy history`; the newest rollout when left out" } },
    options: { ...yes, ...dryRun, ...now, ...wait },
    examples: [["$0 resume", "Show what is left, ask, go"], ["$0 resume --yes", "From a timer: picks hosts up when their window opens"]],
    load: async () => (await import("./resume.ts")).resume,
  },
  {
    command: "update <host> [release]",
    summary: "Bring a release to one host",
    positionals: { ...host, release: { type: "string", describe: "Version, for example v42; the newest that an update brought anywhere when left out" } },
    options: { ...yes, ...dryRun, ...now, ...wait },
    examples: [["$0 update helmex v42", "One host"], ["$0 update shared", "The newest proven release; also brings new customers and host names"]],
    load: async () => (await import("./update.ts")).update,
  },
  {
    command: "rollback <host>",
    summary: "Bring a host back to the release before, gated like an update",
    positionals: host,
    options: { to: { type: "string", describe: "Another release that the host ran" }, ...yes, ...dryRun, ...wait },
    examples: [["$0 rollback helmex", "The release before, by the host's own log"], ["$0 rollback helmex --to v40", "A certain one"]],
    load: async () => (await import("./rollback.ts")).rollback,
  },
  ...moveVerbs,
  ...restoreVerbs,
  ...backupVerbs,
  {
    command: "status",
    summary: "What every host runs and how it is; asks the hosts themselves",
    examples: [["$0 status", "A table"], ["$0 status --json", "For programs"]],
    load: async () => (await import("./status.ts")).status,
  },
  ...economyVerbs,
  {
    command: "history",
    summary: "What was done, newest first, and what is at work now",
    options: { limit: { alias: "n", type: "number", default: 20, describe: "How many operations" }, host: { type: "string", describe: "Only those that touched this host" } },
    examples: [["$0 history", "The last twenty, with their outcome"], ["$0 history --host orion -n 100", "What happened to a host"], ["$0 history --json", "One operation a line"]],
    load: async () => (await import("./history.ts")).history,
  },
  {
    command: "history show <operation>",
    summary: "One operation: who, from where, its plan, and every step of every host with its time",
    positionals: { operation: { type: "string", demandOption: true, describe: "As in `deploy history`; last: the newest" } },
    options: { host: { type: "string", describe: "Only the steps of this host" } },
    examples: [["$0 history show last", "What has just happened"], ["$0 history show 20260501100000-abc123 --host orion", "One host's part"]],
    load: async () => (await import("./history-show.ts")).historyShow,
  },
  {
    command: "logs <host>",
    summary: "The log of a host's app or services",
    positionals: host,
    options: {
      release: { type: "string", describe: "A certain release, also one that was removed" },
      service: { type: "string", describe: "A service instead of the app: proxy, postgres, redis" },
      follow: { alias: "f", type: "boolean", default: false, describe: "Go on showing what comes" },
      lines: { alias: "n", type: "number", default: 100, describe: "How many lines back" },
    },
    examples: [["$0 logs shared -f", "Follow the app"], ["$0 logs shared --release v42", "Why v42 failed"], ["$0 logs orion --service postgres", "A service"]],
    load: async () => (await import("./logs.ts")).logs,
  },
  {
    command: "stand-in <host>",
    summary: "Let a second proxy serve a host while the proper one is replaced, so that no request fails",
    positionals: { ...host },
    options: { ...dryRun, ...wait },
    examples: [["$0 stand-in shared -- pulumi up -s shared", "Run a command meanwhile"], ["$0 stand-in shared", "End one that was left, once the proxy is back"]],
    load: async () => (await import("./stand-in.ts")).standIn,
  },
  {
    command: "ssh <host> [words..]",
    summary: "A shell on a host, or one command; its key is pinned",
    positionals: { ...host, words: { type: "string", array: true, describe: "Command, after --" } },
    examples: [["$0 ssh orion", "A shell"], ["$0 ssh orion -- docker ps", "One command"]],
    load: async () => (await import("./ssh.ts")).ssh,
  },
];
