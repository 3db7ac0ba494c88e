/** Finding one's way in a zod schema: for messages, for the configuration page, for JSON Schema. */
import { z } from "zod";
import type { Path } from "./faults.ts";

/** The schema inside optional(), default() and prefault(). */
export function unwrap(schema: z.ZodType): z.ZodType {
  const inner = (schema as { def?: { innerType?: z.ZodType } }).def?.innerType;
  return inner ? unwrap(inner) : schema;
}

/** Keys of an object's schema; undefined for anything else. */
export function shapeOf(schema: z.ZodType | undefined): Record<string, z.ZodType> | undefined {
  const inner = schema && unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape as Record<string, z.ZodType> : undefined;
}

/** The description nearest to the outside. */
export function descriptionOf(schema: z.ZodType): string | undefined {
  const inner = (schema as { def?: { innerType?: z.ZodType } }).def?.innerType;
  return schema.description ?? (inner ? descriptionOf(inner) : undefined);
}

/** What a path leads to; undefined when the schema knows no such place. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  for (const step of path) {
    const inner: z.ZodType | undefined = at && unwrap(at);
    if (inner instanceof z.ZodObject) at = (inner.shape as Record<string, z.ZodType>)[String(step)];
    else if (inner instanceof z.ZodArray) at = inner.element as z.ZodType;
    else if (inner instanceof z.ZodRecord) at = inner.valueType as z.ZodType;
    else return undefined;
  }
  return at;
}

/** How a pattern is told in words (the message given beside it); undefined without one. */
export function patternText(schema: z.core.$ZodType): string | undefined {
  const checks = (schema._zod.def as { checks?: { _zod: { def: { pattern?: RegExp; error?: (issue: never) => unknown } } }[] }).checks ?? [];
  return checks.map(({ _zod: { def } }) => def.pattern && def.error?.({} as never)).find((text) => typeof text === "string");
}
