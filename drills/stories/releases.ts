/** Releases that are bad. */
import type { Drill } from "../drill.ts";

export const badRelease: Drill = {
  name: "bad-release",
  sentence: "A release starts and migrates, but never becomes ready: the first host goes back by itself, the others are not touched.",
  noticed: "nobody",
  async play(stage) {
    const bad = await stage.release("unready");
    await stage.type(`bin/deploy update-all ${bad} --yes`, { ends: 1 });
    stage.say("It halted. What did the release say on the host where it failed?");
    await stage.type(`bin/deploy logs helmex --release ${bad} --lines 5`);
    await stage.type("bin/deploy status");
    stage.say("Mended, under a new version. Hosts that were not reached are simply part of the next run.");
    const good = await stage.release();
    await stage.type(`bin/deploy update-all ${good} --yes`);
  },
};

export const slowStart: Drill = {
  name: "slow-start",
  sentence: "A sound release needs longer to start than the gate waits: it is sent back until the gate is told to be patient.",
  noticed: "nobody",
  async play(stage) {
    const slow = await stage.release("slow-start");
    await stage.type(`bin/deploy update-all ${slow} --yes`, { ends: 1 });
    stage.say("Nothing is wrong with it: fifteen seconds are what it takes. So the gate may ask more often before it gives up.");
    stage.change("hosting.yaml", /attempts: \d+/, "attempts: 60");
    await stage.type("bin/deploy check");
    await stage.type(`bin/deploy update-all ${slow} --yes`);
  },
};

export const flapping: Drill = {
  name: "flapping",
  sentence: "A release is well one second and ill the next: it passes a quick look, and is caught because it must stay well.",
  noticed: "the host's customers",
  async play(stage) {
    const bad = await stage.release("flapping");
    await stage.type(`bin/deploy update-all ${bad} --yes`, { ends: 1 });
    await stage.type("bin/deploy status");
    const good = await stage.release();
    await stage.type(`bin/deploy update-all ${good} --yes`);
  },
};

export const outOfMemory: Drill = {
  name: "out-of-memory",
  sentence: "A release eats its memory limit and is killed again and again by the kernel.",
  noticed: "nobody",
  async play(stage) {
    const bad = await stage.release("memory");
    await stage.type(`bin/deploy update-all ${bad} --yes`, { ends: 1 });
    stage.say("The old release keeps its own memory: it did not notice. Is the limit too small (app.memoryMegabytes), or does the release leak? This one leaks.");
    const good = await stage.release();
    await stage.type(`bin/deploy update-all ${good} --yes`);
  },
};

export const migrationFails: Drill = {
  name: "migration-fails",
  sentence: "A release brings a migration that the data does not allow: it is undone by the database, and nothing else has happened yet.",
  noticed: "nobody",
  async play(stage) {
    const bad = await stage.release("migration-fails");
    await stage.type(`bin/deploy update-all ${bad} --yes`, { ends: 1 });
    await stage.type("bin/deploy status");
    stage.say("The migration is mended (here: taken out), under a new version.");
    const good = await stage.release();
    await stage.type(`bin/deploy update-all ${good} --yes`);
  },
};

export const migrationHangs: Drill = {
  name: "migration-hangs",
  sentence: "A migration does not come to an end. The operator gives up with Ctrl-C, and the host is as it was.",
  noticed: "nobody",
  async play(stage) {
    const bad = await stage.release("migration-hangs");
    const update = stage.begin(`bin/deploy update-all ${bad} --yes`, { ends: 1 });
    await stage.until("helmex", "migrate");
    await stage.wait(6);
    stage.say("Too long for a column. Stop it:");
    update.interrupt();
    await update.ended;
    await stage.type("bin/deploy status");
    const good = await stage.release();
    await stage.type(`bin/deploy update-all ${good} --yes`);
  },
};
