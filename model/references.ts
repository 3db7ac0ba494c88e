/** Values that hosting.yaml names but need not hold, so that the file can be in a repository. */
import { z } from "zod";

const VARIABLE = "env:[A-Za-z_][A-Za-z0-9_]*";

/** An address that may tell who has it more than it should. */
export const address = z.string().regex(new RegExp(`^(https?:\\/\\/\\S+|${VARIABLE})$`), "an http(s) URL, or `env:NAME` for the variable that holds it");

const SECRET = "`env:NAME` for the variable that holds it, or a command";

/** A secret, by where it is. */
export const secretReference = z.union([
  z.string().regex(new RegExp(`^${VARIABLE}$`), SECRET),
  z.strictObject({ command: z.array(z.string().min(1)).min(1).describe("Program and words; prints the secret: `[op, read, \"op://…\"]`, `[sops, -d, …]`") }),
], SECRET);

/** What may differ from place to place: written down, or in a variable. `pattern` is what may be written down, `says` how messages call it. */
export const orVariable = (pattern: string, says: string): z.ZodString =>
  z.string().regex(new RegExp(`^(${pattern}|${VARIABLE})$`), `${says}, or \`env:NAME\` for the variable that holds it`);

export type SecretReference = z.infer<typeof secretReference>;
