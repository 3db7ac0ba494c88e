/** How long the two files take to be read and judged, for a growing number of customers: `node bench/check.ts [customers …]`. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel } from "../model/read.ts";

const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [100, 1000, 10_000];
const directory = mkdtempSync(join(tmpdir(), "etage-check-"));
try {
  cpSync(join(import.meta.dirname, "../hosting.yaml"), join(directory, "hosting.yaml"));
  for (const count of counts) {
    // Every tenth has a host of its own.
    const entries = Array.from({ length: count }, (_, index) => index % 10 === 0
      ? `  - slug: customer-${index}\n    name: Customer ${index}\n    tier: dedicated\n    phase: live\n    window: { days: [sun], from: "02:00", to: "05:00", timeZone: Europe/Istanbul }\n`
      : `  - slug: customer-${index}\n    name: Customer ${index}\n    tier: shared\n    email: c${index}@example.com\n`);
    // The rings of the shipped file name helmex.
    writeFileSync(join(directory, "customers.yaml"), `customers:\n  - { slug: helmex, name: Helmex, tier: dedicated }\n${entries.join("")}`);
    const started = performance.now();
    const { fleet } = readModel(directory);
    console.log(`${count} customers, ${fleet.hosts.length} hosts: ${Math.round(performance.now() - started)} ms`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
