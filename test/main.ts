/** Runs the type checks, the Go tests and vitest, adds up what they counted and prints `N passed, N failed` as the last line. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const tally = { passed: 0, failed: 0, skipped: 0 };

function run(command: string[], cwd = root): boolean {
  const [program, ...args] = command;
  return spawnSync(program!, args, { cwd, stdio: "inherit" }).status === 0;
}

function count(name: string, ok: boolean) {
  console.log(`${ok ? "✓" : "✗"} ${name}`);
  tally[ok ? "passed" : "failed"] += 1;
}

const selected = process.argv.slice(2);
if (selected.length === 0) {
  // What has not changed since the last time is not checked again.
  const known = join(process.env["ETAGE_CACHE"]!, "types.tsbuildinfo");
  count("types", run([join(root, "node_modules/.bin/tsc"), "--noEmit", "--incremental", "--tsBuildInfoFile", known]));
}

const scratch = mkdtempSync(join(tmpdir(), "etage-test-"));
const report = join(scratch, "report.json");
const green = run([join(root, "node_modules/.bin/vitest"), "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...selected]);
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, "utf8"));
  tally.passed += result.numPassedTests;
  tally.failed += result.numFailedTests;
  tally.skipped += result.numPendingTests + (result.numTodoTests ?? 0);
}
rmSync(scratch, { recursive: true });
// A file that can't be loaded, or an error outside a test, fails the run without failing a test.
if (!green && tally.failed === 0) tally.failed += 1;

console.log(`${tally.passed} passed, ${tally.failed} failed${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ""}`);
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
