import { dryRun, type Verb } from "./verb.ts";

export const backupImageVerb: Verb = {
  command: "backup image",
  summary: "Make the PostgreSQL image that hosts need to back up: hosting.yaml's, with pgBackRest in it, pushed beside the app's",
  options: {
    push: { type: "boolean", default: true, describe: "Push to the registry (--no-push only builds)" },
    verbose: { type: "boolean", default: false, describe: "Show what the builder prints, also when it succeeds" },
    ...dryRun,
  },
  examples: [["$0 backup image", "Build, try, push; says which lines of hosting.yaml to change"], ["$0 backup image --dry-run", "Only the commands"]],
  load: async () => (await import("./backup-image.ts")).backupImage,
};
