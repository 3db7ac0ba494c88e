/** What the app is told by its environment. Secrets come from files (`…_FILE`); plain variables are for development. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { OperatorError, reasonOf } from "./errors.ts";

const url = (scheme: RegExp, example: string) => z.string({ error: "is missing" }).regex(scheme, `expected ${example}`);
const whole = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

const database = z.object({
  DATABASE_URL: url(/^postgres(ql)?:\/\/\S+$/, "postgres://user:password@host:5432/name"),
  DATABASE_WAIT_SECONDS: whole(0, 600).default(30),
  DATABASE_CONNECTIONS: whole(1, 100).default(10),
  RELEASE: z.string().min(1).default("dev"),
});

const uploads = database.extend({
  UPLOADS_PATH: z.string({ error: "is missing; expected a writable folder" }).startsWith("/", "expected an absolute path"),
});

const worker = uploads.extend({
  DRAIN_SECONDS: z.coerce.number().min(0).max(3600).default(30),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

const redis = z.object({ REDIS_URL: url(/^rediss?:\/\/\S+$/, "redis://:password@host:6379") });

const service = worker.extend({
  ...redis.shape,
  DOMAIN: z.hostname({ error: "expected the platform's domain, for example example.com" }).toLowerCase(),
  PORT: whole(0, 65535).default(3000),
  /** Where Prometheus asks; the proxy leads nobody there. */
  METRICS_PORT: whole(0, 65535).default(9394),
  /** What a suspended tenant's people get: 402 (payment required) or 403. */
  SUSPENDED_STATUS: z.enum(["402", "403"]).default("403").transform(Number),
});

export type DatabaseSettings = z.infer<typeof database>;
export type WorkerSettings = z.infer<typeof worker>;
export type ServiceSettings = z.infer<typeof service>;

/** Settings of the commands that only need the database. Throws OperatorError naming every variable at fault. */
export const databaseSettings = (environment: NodeJS.ProcessEnv): DatabaseSettings => read(database, environment);

/** Settings of the commands that also need the tenants' files. Throws OperatorError naming every variable at fault. */
export const uploadSettings = (environment: NodeJS.ProcessEnv): z.infer<typeof uploads> => read(uploads, environment);

/** Settings of `work`. Throws OperatorError naming every variable at fault. */
export const workerSettings = (environment: NodeJS.ProcessEnv): WorkerSettings => read(worker, environment);

/** Settings of the commands that only need Redis. Throws OperatorError. */
export const redisSettings = (environment: NodeJS.ProcessEnv): z.infer<typeof redis> => read(redis, environment);

/** Settings of `serve`. Throws OperatorError naming every variable at fault. */
export const serviceSettings = (environment: NodeJS.ProcessEnv): ServiceSettings => read(service, environment);

function read<T>(schema: z.ZodType<T>, environment: NodeJS.ProcessEnv): T {
  const result = schema.safeParse({ ...environment, ...secretFiles(environment) });
  if (result.success) return result.data;
  // The value itself is never printed: it may be a secret.
  const faults = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new OperatorError(`The environment does not fit:\n${faults.join("\n")}\nSet these variables (secrets as NAME_FILE, a path) and start again.`);
}

function secretFiles(environment: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ["DATABASE_URL", "REDIS_URL"]) {
    const path = environment[`${name}_FILE`];
    if (!path) continue;
    try {
      found[name] = readFileSync(path, "utf8").trim();
    } catch (error) {
      throw new OperatorError(`${name}_FILE: cannot read ${path} (${reasonOf(error)}). Expected a file readable by uid ${process.getuid?.()} that holds one URL.`);
    }
  }
  return found;
}
