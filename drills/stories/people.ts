/** People who do the same at the same time. */
import type { Drill } from "../drill.ts";

export const twoOperators: Drill = {
  name: "two-operators",
  sentence: "Two operators roll out at the same time: the second one is told who is at work, and may wait.",
  noticed: "nobody",
  async play(stage) {
    const next = await stage.release();
    const ada = stage.begin(`bin/deploy update-all ${next} --yes`, { as: "ada" });
    await stage.until("helmex", "preflight");
    await stage.type(`bin/deploy update-all ${next} --yes`, { as: "berk", ends: 3 });
    await stage.type(`bin/deploy update-all ${next} --yes --wait 300`, { as: "berk" });
    await ada.ended;
  },
};
