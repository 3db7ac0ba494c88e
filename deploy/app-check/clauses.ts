/** All clauses, in the order in which they are tried. */
import type { Clause } from "./clause.ts";
import { commands } from "./clauses/commands.ts";
import { data } from "./clauses/data.ts";
import { leaving } from "./clauses/leaving.ts";
import { limits } from "./clauses/limits.ts";
import { moving } from "./clauses/moving.ts";
import { paths } from "./clauses/paths.ts";

export const clauses: readonly Clause[] = [...commands, ...data, ...paths, ...limits, ...moving, ...leaving];
