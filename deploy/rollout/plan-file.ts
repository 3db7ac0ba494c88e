/** A plan in a file: looked at today, applied tomorrow as it is or not at all. Pure. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { exitCode, UserError } from "../errors.ts";
import { planSchema } from "./plan-schema.ts";
import type { Plan, PlanOptions } from "./plan.ts";

const KIND = "etage plan";
const FORMAT = 2;

/** Who made a plan, and when. */
export interface Made { /** ISO 8601. */ at: string; by: string; machine: string }

/** What was asked for; planning again needs the same. */
export type Asked = Pick<PlanOptions, "except" | "only" | "now" | "onFailure" | "withoutProof">;

export interface SavedPlan { made: Made; asked: Asked; plan: Plan }

const savedSchema: z.ZodType<SavedPlan> = z.strictObject({
  made: z.strictObject({ at: z.iso.datetime(), by: z.string(), machine: z.string() }),
  asked: z.strictObject({
    except: z.array(z.string()).optional(), only: z.array(z.string()).optional(), now: z.boolean().optional(), onFailure: z.enum(["halt", "continue", "revert"]).optional(), withoutProof: z.string().optional(),
  }),
  plan: planSchema,
});

/** The file's text. */
export function savePlan(plan: Plan, made: Made, asked: Asked = {}): string {
  const saved: SavedPlan = { made, asked, plan };
  return `${JSON.stringify({ kind: KIND, format: FORMAT, checksum: checksumOf(saved), ...saved }, null, 2)}\n`;
}

/** Throws UserError (usage) when the text is no plan, one of another version of this program, or was edited. `file`: for the message. */
export function readPlan(text: string, file = "the plan"): SavedPlan {
  const fault = (what: string, hint: string): UserError => new UserError(`${file} ${what}`, { hint, code: exitCode.usage });
  const again = "make a new one: deploy plan --out FILE";
  const { kind, format, checksum, ...saved } = parse(text) ?? {};
  if (kind !== KIND) throw fault("is no saved plan", again);
  if (format !== FORMAT) throw fault(`has format ${format}, and this program reads ${FORMAT}: another version of it made the plan`, again);
  // Told apart from a plan of the wrong shape: somebody meant something with it, and should know that it does not work so.
  if (checksum !== checksumOf(saved)) throw fault("was changed after it was saved", `a plan is applied as it was made; ${again}`);
  const read = savedSchema.safeParse(saved);
  if (!read.success) throw fault(`is not whole: ${z.prettifyError(read.error).split("\n").slice(0, 2).map((line) => line.trim()).join(" ")}`, again);
  return read.data;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

/** Of the content, however it is set out. */
const checksumOf = (saved: object): string => createHash("sha256").update(JSON.stringify(saved)).digest("hex");
