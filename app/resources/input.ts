import { z } from "zod";
import { Refusal } from "../errors.ts";

/** PostgreSQL's text cannot hold NUL. */
export const text = (maximum: number, minimum = 1) => z.string().min(minimum).max(maximum).refine((value) => !value.includes("\0"), "must not contain NUL");
export const id = z.coerce.number().int().positive();
const idInBody = z.int().positive();
export const reference = idInBody.nullable();

/** What the caller sent, as the schema has it. Throws 400 with every fault and its place. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  throw new Refusal(400, "invalid", `The request does not fit: ${details.map(({ path, message }) => path ? `${path}: ${message}` : message).join("; ")}.`, { details });
}

/** At least one field, or there is nothing to change. */
export const change = <S extends z.ZodRawShape>(shape: S) =>
  z.strictObject(shape).partial().refine((value) => Object.keys(value).length > 0, "expected at least one field to change");

/** The id in a path. What cannot be an id names nothing: 404. */
export function idOf(parameters: unknown): number {
  const result = id.safeParse((parameters as { id?: unknown }).id);
  if (!result.success) throw notFound();
  return result.data;
}

export const notFound = (): Refusal => new Refusal(404, "not_found", "There is nothing with this id.");

/** The row, or 404. */
export function found<T>(row: T | undefined): T {
  if (row === undefined) throw notFound();
  return row;
}
