import { databaseSettings } from "../config.ts";
import { waitForDatabase } from "../database/connect.ts";
import { openDoors, type Doors } from "../database/doors.ts";

/** Opens the database for one command, waits for it, and closes it when `work` has ended. Throws OperatorError. */
export async function withDoors<T>(environment: NodeJS.ProcessEnv, as: string, work: (doors: Doors) => Promise<T>): Promise<T> {
  const settings = databaseSettings(environment);
  const doors = openDoors(settings, as, { connections: 1 });
  try {
    await waitForDatabase(doors.platform, settings, console.error);
    return await work(doors);
  } finally {
    await doors.close();
  }
}
