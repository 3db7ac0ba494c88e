/** The verbs about backups and their proof. */
import { KINDS } from "../backup/kinds.ts";
import { dryRun, type Verb, wait } from "./verb.ts";

const host = { host: { type: "string", describe: "Name of a host; all when left out" } } as const;

export const backupVerbs: readonly Verb[] = [
  {
    command: "backup install [host]",
    summary: "Set hosts up to back themselves up as hosting.yaml says: programs, settings, timers; the first backups begin",
    positionals: host, options: { ...dryRun, ...wait },
    examples: [["$0 backup install", "Every host; what is as it should be stays"], ["$0 backup install shared --dry-run", "Show which files differ"]],
    load: async () => (await import("./backup.ts")).backupInstall,
  },
  {
    command: "backup run [host]",
    summary: "Back up now, besides the schedule; waits for the end",
    positionals: host,
    options: {
      kind: { choices: KINDS.filter((kind) => kind !== "verify"), array: true, describe: "Only this; all when left out" },
      full: { type: "boolean", default: false, describe: "The whole database, not only what changed since the last backup" },
    },
    examples: [["$0 backup run shared", "Database, files and customers of one host"], ["$0 backup run --kind database --full", "A whole backup of every database"]],
    load: async () => (await import("./backup.ts")).backupRun,
  },
  {
    command: "backup status [host]",
    summary: "How old the newest backups are, what waits to be shipped, the last proof, and what is wrong; ends with 1 when something is",
    positionals: host,
    examples: [["$0 backup status", "Every host"], ["$0 backup status --json", "For programs"]],
    load: async () => (await import("./backup.ts")).backupStatus,
  },
  {
    command: "backup list [of]",
    summary: "Every backup that the store has of a host or a customer, newest first",
    positionals: { of: { type: "string", describe: "Name of a host, or a customer's slug; every host when left out" } },
    examples: [["$0 backup list shared", "Databases, files, exports"], ["$0 backup list acme", "One customer's exports, on whatever host it was"]],
    load: async () => (await import("./backup.ts")).backupList,
  },
  {
    command: "backup verify [host]",
    summary: "Prove that backups can be restored: restores them beside the living ones, compares, starts the app on them, notes the date",
    positionals: host,
    examples: [["$0 backup verify", "Every host"], ["$0 backup verify shared", "One, now instead of by schedule"]],
    load: async () => (await import("./backup.ts")).backupVerify,
  },
];
