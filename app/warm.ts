/** Loads every command, so that the compile cache holds them; run when the image is built. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

const commands = join(import.meta.dirname, "commands");
for (const file of readdirSync(commands)) await import(join(commands, file));
