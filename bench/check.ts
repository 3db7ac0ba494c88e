/** How long the two files take to be read and judged, for a growing number of customers. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel } from "../model/read.ts";
import type { Outcome } from "./main.ts";

const COUNTS = [100, 1000, 10_000];
const ROUNDS = 3;

export async function run(progress: (line: string) => void): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "etage-check-"));
  try {
    cpSync(join(import.meta.dirname, "../hosting.yaml"), join(directory, "hosting.yaml"));
    const rows = COUNTS.map((count) => {
      progress(`${count} customers`);
      // The rings of the shipped file name helmex.
      writeFileSync(join(directory, "customers.yaml"), `customers:\n  - { slug: helmex, name: Helmex, tier: dedicated }\n${Array.from({ length: count }, entry).join("")}`);
      const values = Array.from({ length: ROUNDS }, () => {
        const started = performance.now();
        readModel(directory);
        return (performance.now() - started) / 1000;
      });
      return { what: `${count} customers`, values };
    });
    return { rows, figure: `${COUNTS.at(-1)} customers are read and judged in ${Math.min(...rows.at(-1)!.values).toFixed(2)} s` };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Every tenth has a host of its own. */
const entry = (_: unknown, index: number) => index % 10 === 0
  ? `  - slug: customer-${index}\n    name: Customer ${index}\n    tier: dedicated\n    phase: live\n    window: { days: [sun], from: "02:00", to: "05:00", timeZone: Europe/Istanbul }\n`
  : `  - slug: customer-${index}\n    name: Customer ${index}\n    tier: shared\n    email: c${index}@example.com\n`;
