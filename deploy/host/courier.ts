/** Carries single files to the other host through a connection that stands already: what a customer stored in the last moments before the cutover. */
import { readFileSync } from "node:fs";

/** Python; runs on the host that files come to, as the only thing that the link's key can start beside rsync. */
export const RECEIVER: string = readFileSync(new URL("courier/receive.py", import.meta.url), "utf8");
