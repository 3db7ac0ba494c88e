import { listWorkers } from "../jobs/heartbeat.ts";
import { withDoors } from "./database.ts";

/** Prints the workers on this database and when each last showed that it lives, as JSON. */
export const workers = (environment: NodeJS.ProcessEnv): Promise<number> => withDoors(environment, "workers", async ({ platform }) => {
  console.log(JSON.stringify(await listWorkers(platform)));
  return 0;
});
