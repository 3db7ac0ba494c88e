/** Files made from the schema and the rules: JSON Schemas for editors, docs/configuration.md. Pure; a test holds them fresh. */
import { z } from "zod";
import { configurationPage } from "./configuration-page.ts";
import { customers, hosting } from "./schema.ts";
import { patternText } from "./schema-walk.ts";

/** Path in the project → text. */
export function artefacts(): Record<string, string> {
  return {
    "model/hosting.schema.json": jsonSchema(hosting, "hosting.yaml: the platform, its tiers and how it is updated"),
    "model/customers.schema.json": jsonSchema(customers, "customers.yaml: who is hosted"),
    "docs/configuration.md": configurationPage(),
  };
}

/** Draft 7, which editors' YAML support understands best; `input`: keys with a default may be left out. */
function jsonSchema(schema: z.ZodType, title: string): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "input", override: ({ zodSchema, jsonSchema }) => { explainPattern(zodSchema, jsonSchema); } });
  return `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`;
}

/** Editors show `patternErrorMessage` (an extension of JSON Schema that they share) in place of the bare expression. */
function explainPattern(schema: z.core.$ZodType, target: Record<string, unknown>): void {
  const text = patternText(schema);
  if (text !== undefined && target.pattern !== undefined) target.patternErrorMessage = `expected ${text}`;
}
