/** The outputs in a stack's state, as `pulumi stack export` prints it and as a checkpoint file holds it. Pure. */
import { z } from "zod";
import { type Outputs, outputs } from "../../model/outputs.ts";
import { exitCode, UserError } from "../errors.ts";

/** Pulumi publishes the format (sdk/go/common/apitype/deployments.json). Of a hundred resources one is looked at. */
const resources = z.array(z.unknown()).optional();
const root = z.object({ type: z.literal("pulumi:pulumi:Stack"), outputs: z.unknown() });
/** Versions of the format that have it. */
const version = z.union([z.literal(3), z.literal(4)]);
const exported = z.object({ version, deployment: z.object({ resources }) });
/** A checkpoint file is the same deployment under other names, with the stack's. */
const checkpoint = z.object({ version, checkpoint: z.object({ stack: z.string(), latest: z.object({ resources }).nullish() }) });

/** What `pulumi stack export` printed. Throws UserError when the stack was never brought up. */
export function parseExport(text: string, stack: string): Outputs {
  const { success, data } = exported.safeParse(JSON.parse(text));
  if (!success) throw new UserError(`the state of stack ${stack} has a format that this version of deploy does not know`, { hint: "a newer Pulumi wrote it; a newer deploy reads it" });
  return rootOutputs(data.deployment.resources, stack);
}

/** The text of a checkpoint file. Undefined when it is not one that we know, or another stack's. */
export function parseCheckpoint(text: string, stack: string): Outputs | undefined {
  const { success, data } = checkpoint.safeParse(json(text));
  if (!success || data.checkpoint.stack.split("/").at(-1) !== stack) return undefined;
  return rootOutputs(data.checkpoint.latest?.resources, stack);
}

/** Secret outputs stand there encrypted and fall away. */
function rootOutputs(list: unknown[] | undefined, stack: string): Outputs {
  const stackResource = list?.map((resource) => root.safeParse(resource)).find(({ success }) => success);
  const parsed = outputs.safeParse(stackResource?.data?.outputs ?? {});
  if (parsed.success) return parsed.data;
  const missing = [...new Set(parsed.error.issues.map(({ path }) => path[0]))].join(", ");
  throw new UserError(`stack ${stack} is not fully up: it has no ${missing}`, { hint: `pulumi up -s ${stack}`, code: exitCode.usage });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
