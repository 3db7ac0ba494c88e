import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that bring up whole platforms take minutes: begun last, they would keep one worker busy while the other waits. */
const LONG = ["test/lab/platform.test.ts", "test/lab/night.test.ts", "test/lab/move.test.ts", "test/lab/life.test.ts", "test/lab/stacks.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((file) => moduleId.endsWith(file));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
