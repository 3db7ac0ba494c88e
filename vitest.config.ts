import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      // Tables and transcripts: many at once, in milliseconds.
      { test: { name: "pure", include: ["test/**/*.test.ts"], exclude: ["test/lab/**", "test/app/**", "test/engine/**", "test/**/*.real.test.ts"] } },
      // Real parts (containers, engine, database): two files at a time; each has a lab, a clone or ports of its own.
      {
        test: {
          name: "real",
          include: ["test/{lab,app,engine}/**/*.test.ts", "test/**/*.real.test.ts"],
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // A program takes its time to start on a busy machine.
          expect: { poll: { timeout: 20_000, interval: 100 } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
