/** All verbs, in the order in which help shows them. */
import { dryRun, host, now, release, type Verb, wait, yes } from "./verb.ts";

export const verbs: readonly Verb[] = [
  {
    command: "check",
    summary: "Check hosting.yaml and customers.yaml: all faults at once",
    examples: [["$0 check", "Say what is wrong, with file and line"]],
    load: async () => (await import("./check.ts")).check,
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
  {
    command: "releases",
    summary: "List the releases that were built",
    examples: [["$0 releases", "Newest first"]],
    load: async () => (await import("./releases.ts")).releases,
  },
  {
    command: "update-all [release]",
    summary: "Bring a release to all hosts, in turn; halt at the first that fails",
    positionals: release,
    options: { ...yes, ...dryRun, ...now, ...wait, except: { type: "string", array: true, describe: "Leave these hosts out" } },
    examples: [["$0 update-all v42", "Show the plan, ask, go"], ["$0 update-all v42 --dry-run", "Show plan and commands"], ["$0 update-all v42 --yes", "Don't ask; the same again continues after a halt"]],
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
  {
    command: "status",
    summary: "What every host runs and how it is; asks the hosts themselves",
    examples: [["$0 status", "A table"], ["$0 status --json", "For programs"]],
    load: async () => (await import("./status.ts")).status,
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
    command: "ssh <host> [words..]",
    summary: "A shell on a host, or one command; its key is pinned",
    positionals: { ...host, words: { type: "string", array: true, describe: "Command, after --" } },
    examples: [["$0 ssh orion", "A shell"], ["$0 ssh orion -- docker ps", "One command"]],
    load: async () => (await import("./ssh.ts")).ssh,
  },
];
