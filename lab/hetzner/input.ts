/** Checks request bodies with zod and reports faults as invalid_input, field by field. */
import { z } from "zod";
import { invalidFields, type FieldFault } from "./errors.ts";
import { isCidr, isIp } from "./addresses.ts";
import { isLabelKey, isLabelValue } from "./labels.ts";

/** `body` as `schema` says, or invalid_input. An absent body counts as {}; unknown keys are ignored, as by the real API. */
export function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const fields = new Map<string, FieldFault>();
  for (const issue of result.error.issues) {
    const name = issue.path.join(".") || "body";
    const message = issue.message.endsWith("received undefined") ? "is required" : issue.message;
    fields.set(name, { name, messages: [...(fields.get(name)?.messages ?? []), message] });
  }
  throw invalidFields([...fields.values()]);
}

export const name = z.string().min(1, "is too short").max(255, "is too long");
/** Letters, digits, dashes and dots, in parts of at most 63 characters (RFC 1123). */
export const hostname = z
  .string()
  .max(253, "is too long")
  .regex(/^(?!-)[a-zA-Z0-9-]{1,63}(?<!-)(\.(?!-)[a-zA-Z0-9-]{1,63}(?<!-))*$/, "is not a valid hostname (RFC 1123)");
export const volumeName = z
  .string()
  .max(64, "is too long")
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/, "may hold letters, digits, dashes, underscores and dots, and starts and ends with a letter or digit");
export const id = z.int().min(1);
export const idOrName = z.union([z.int(), z.string().min(1)]).transform(String);
export const flag = z.boolean();
export const labels = z.record(z.string(), z.string()).superRefine((value, context) => {
  for (const [key, text] of Object.entries(value)) {
    if (!isLabelKey(key)) context.addIssue({ code: "custom", path: [key], message: "is not a label key" });
    else if (!isLabelValue(text)) context.addIssue({ code: "custom", path: [key], message: "is not a label value" });
  }
});
export const ip = z.string().refine(isIp, "is not an IP address");
export const cidr = z.string().refine(isCidr, "is not in CIDR notation");
export const change = z.object({ name: name.nullish(), labels: labels.nullish() });
export const deleteProtection = z.object({ delete: flag.nullish() });
/** `datacenter` went from requests on 2026-07-01. Ignoring it would put things elsewhere than asked, so it is refused. */
export const removedDatacenter = z.undefined("was removed on 1 July 2026, use location").optional();
