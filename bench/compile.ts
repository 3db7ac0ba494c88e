/** Builds the Go programs of the benchmarks, with the Go that bin/setup brings. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Resolves with the program's path in `folder`. */
export function compile(name: "delay-line" | "quick-app", folder: string): string {
  const path = join(folder, name);
  const environment = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" };
  execFileSync("go", ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path, "."], {
    cwd: join(import.meta.dirname, name), env: environment, stdio: ["ignore", "inherit", "inherit"],
  });
  return path;
}
