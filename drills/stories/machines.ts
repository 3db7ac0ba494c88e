/** Machines, networks and disks that fail. */
import type { Drill } from "../drill.ts";

export const fullDisk: Drill = {
  name: "full-disk",
  sentence: "A host has no room for another image: the update stops before it changes anything there.",
  noticed: "nobody",
  async play(stage) {
    const next = await stage.release();
    await stage.type("bin/lab fault machine epica-helmex fill");
    await stage.type(`bin/deploy update-all ${next} --yes`, { ends: 1 });
    stage.say("What takes the room? On a real host one would remove old images or enlarge the disk.");
    await stage.type("bin/deploy ssh helmex -- df -h /");
    await stage.type("bin/lab fault machine epica-helmex empty");
    await stage.type(`bin/deploy update-all ${next} --yes`);
  },
};

export const registryDown: Drill = {
  name: "registry-down",
  sentence: "The registry is away: no host can pull, none is changed, and going back still works.",
  noticed: "nobody",
  async play(stage) {
    const next = await stage.release();
    await stage.type("bin/lab fault registry stop");
    await stage.type(`bin/deploy update-all ${next} --yes`, { ends: 1 });
    stage.say("The release before is still on the hosts. Going back to it needs no registry:");
    await stage.type("bin/deploy rollback helmex --yes");
    await stage.type("bin/lab fault registry start");
    await stage.type(`bin/deploy update-all ${next} --yes`);
  },
};

export const machineFrozen: Drill = {
  name: "machine-frozen",
  sentence: "A machine stands still in the middle of its update: the run ends with a sentence instead of hanging, and goes on when it is back.",
  noticed: "the host's customers",
  async play(stage) {
    const next = await stage.release();
    const update = stage.begin(`bin/deploy update-all ${next} --yes`, { ends: 1 });
    await stage.until("orion", "start");
    await stage.type("bin/lab fault machine epica-orion freeze");
    await update.ended;
    await stage.type("bin/deploy status", { ends: 1 });
    await stage.type("bin/lab fault machine epica-orion thaw");
    stage.say("The dead run's lock on orion expires by itself; nobody has to remember it.");
    await stage.type(`bin/deploy update-all ${next} --yes`);
  },
};

export const machineDead: Drill = {
  name: "machine-dead",
  sentence: "A machine loses its power in the middle of its update.",
  noticed: "the host's customers",
  async play(stage) {
    const next = await stage.release();
    const update = stage.begin(`bin/deploy update-all ${next} --yes`, { ends: 1 });
    await stage.until("orion", "migrate");
    await stage.type("bin/lab fault machine epica-orion kill");
    await update.ended;
    stage.say("The other hosts need not wait for it.");
    await stage.type(`bin/deploy update-all ${next} --yes --except orion`);
    stage.say("In Hetzner's console: power on.");
    await stage.type("bin/lab fault machine epica-orion start");
    await stage.type("until bin/deploy status orion >/dev/null 2>&1 || [ $((tries += 1)) -ge 30 ]; do sleep 1; done");
    await stage.type(`bin/deploy update-all ${next} --yes`);
  },
};

export const networkCut: Drill = {
  name: "network-cut",
  sentence: "The network to a host breaks in the middle of a step. Nobody knows whether the step happened, until the host is asked.",
  noticed: "the host's customers",
  async play(stage) {
    const next = await stage.release();
    const update = stage.begin(`bin/deploy update-all ${next} --yes`, { ends: 1 });
    await stage.until("orion", "gate-inside");
    await stage.type("bin/lab fault machine epica-orion cut");
    await update.ended;
    await stage.type("bin/lab fault machine epica-orion mend");
    await stage.type("bin/deploy status", { ends: 0 });
    await stage.type(`bin/deploy update-all ${next} --yes`);
  },
};
