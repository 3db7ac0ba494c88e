/** The reference tenant app. Its commands are the ones of docs/app-contract.md, and a few that help operators. */
import { OperatorError } from "./errors.ts";

type Command = (environment: NodeJS.ProcessEnv, args: string[]) => Promise<number>;
/** Loaded when asked for: a command starts with no more than it needs. */
const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import("./commands/serve.ts")).serve,
  work: async () => (await import("./commands/work.ts")).work,
  workers: async () => (await import("./commands/workers.ts")).workers,
  migrate: async () => (await import("./commands/migrate.ts")).migrate,
  migrations: async () => (await import("./commands/migrations.ts")).migrations,
  tenants: async () => (await import("./commands/tenants.ts")).tenants,
  describe: async () => (await import("./commands/describe.ts")).describe,
  export: async () => (await import("./commands/export.ts")).exportTenant,
  import: async () => (await import("./commands/import.ts")).importTenant,
  disconnect: async () => (await import("./commands/disconnect.ts")).disconnect,
  erase: async () => (await import("./commands/erase.ts")).erase,
  usage: async () => (await import("./commands/usage.ts")).usage,
  token: async () => (await import("./commands/token.ts")).token,
  admin: async () => (await import("./commands/admin.ts")).admin,
  admins: async () => (await import("./commands/admin.ts")).admins,
  operator: async () => (await import("./commands/admin.ts")).operator,
};

const [name = "serve", ...args] = process.argv.slice(2);
try {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new OperatorError(`There is no command "${name}". Expected one of: ${Object.keys(commands).join(", ")}.`);
  const command = await load();
  process.exit(await command(process.env, args));
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error);
  process.exit(error instanceof OperatorError ? 1 : 70);
}
