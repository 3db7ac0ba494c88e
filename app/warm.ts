/** Loads every command, so that the compile cache holds them; run when the image is built. */
import "./commands/serve.ts";
import "./commands/migrate.ts";
import "./commands/migrations.ts";
import "./commands/tenants.ts";
import "./commands/work.ts";
import "./commands/workers.ts";
