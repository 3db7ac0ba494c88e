/** Where a customer's data lies, as the app itself says it. */
import type { Command } from "./command.ts";
import { LABEL } from "./docker.ts";

/** The image's command `describe`, which needs no database, no network and no secrets. */
export const describeCustomer = (image: string, slug: string): Command =>
  ["docker", "run", "--rm", "--network", "none", "--label", `${LABEL.role}=task`, image, "describe", slug];
