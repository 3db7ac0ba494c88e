/** The reference tenant app: `node main.ts serve | work | workers | migrate | migrations | tenants`. */
import { OperatorError } from "./errors.ts";

type Command = (environment: NodeJS.ProcessEnv) => Promise<number>;
const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import("./commands/serve.ts")).serve,
  work: async () => (await import("./commands/work.ts")).work,
  workers: async () => (await import("./commands/workers.ts")).workers,
  migrate: async () => (await import("./commands/migrate.ts")).migrate,
  migrations: async () => (await import("./commands/migrations.ts")).migrations,
  tenants: async () => (await import("./commands/tenants.ts")).tenants,
};

const [name = "serve"] = process.argv.slice(2);
try {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new OperatorError(`There is no command "${name}". Expected one of: ${Object.keys(commands).join(", ")}.`);
  const command = await load();
  process.exit(await command(process.env));
} catch (error) {
  console.error(error instanceof OperatorError ? error.message : error);
  process.exit(error instanceof OperatorError ? 1 : 70);
}
