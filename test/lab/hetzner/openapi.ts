/** Hetzner's own OpenAPI document as a judge of the emulator's answers. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

const path = resolve(import.meta.dirname, "../../../../shared/conformance/hcloud-openapi.json");

interface Schema {
  [key: string]: unknown;
}
interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** Changes after the document was written, by name; each is applied to every object schema that lists properties. */
export const exceptions: Record<string, (properties: Schema, schema: { required?: string[] }) => void> = {
  "`datacenter` was removed from servers and primary IPs on 2026-07-01": (_, schema) => {
    schema.required = schema.required?.filter((name) => name !== "datacenter") ?? [];
  },
  "`assignee_type` of primary IPs reads `unassigned` since 2026-08-01 and need not be given since 2026-04-27": (properties, schema) => {
    if (!properties["assignee_type"]) return;
    properties["assignee_type"] = { type: "string", enum: ["server", "unassigned"] };
    if (!properties["blocked"]) schema.required = schema.required?.filter((name) => name !== "assignee_type") ?? [];
  },
  "`available` and `recommended` stand with each location of a server type since 2026-04-01": (properties) => {
    if (Object.keys(properties).toSorted().join() !== "deprecation,id,name") return;
    properties["available"] = { type: "boolean" };
    properties["recommended"] = { type: "boolean" };
  },
};

function applyExceptions(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const schema = value as { type?: unknown; properties?: Schema; required?: string[] };
  if (schema.type === "object" && schema.properties) for (const apply of Object.values(exceptions)) apply(schema.properties, schema);
  for (const entry of Object.values(value)) applyExceptions(entry);
}

export interface OpenApi {
  operations: string[];
  /** "GET /servers/{id}" for a request of our own; undefined when the document has no such operation. */
  operationOf(method: string, path: string): string | undefined;
  /** Faults of a body against what the operation documents for it; empty when it fits. */
  checkRequest(operation: string, body: unknown): string[];
  checkResponse(operation: string, status: number, body: unknown): string[];
}

/** The document, or undefined when it is not at hand. */
export function readOpenApi(): OpenApi | undefined {
  if (!existsSync(path)) return undefined;
  const document = JSON.parse(readFileSync(path, "utf8")) as Document;
  applyExceptions(document);
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv, ["date-time"]);
  for (const format of ["int32", "int64", "double"]) ajv.addFormat(format, true);
  ajv.addFormat("decimal", /^-?\d+(\.\d+)?$/);
  ajv.addSchema({ $id: "hcloud", components: asJsonSchema(document.components) as object });

  const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.keys(methods).filter((method) => ["get", "post", "put", "delete"].includes(method)).map((method) => `${method.toUpperCase()} ${template}`),
  );
  const find = (operation: string): Operation => {
    const [method = "", template = ""] = operation.split(" ");
    return document.paths[template]![method.toLowerCase()]!;
  };
  const compiled = new Map<string, ValidateFunction>();
  function faults(key: string, schema: Schema | undefined, body: unknown): string[] {
    if (!schema) return body === undefined ? [] : [`${key}: a body where none is documented`];
    const validate = compiled.get(key) ?? ajv.compile({ $id: key.replace(/[^a-z0-9]/gi, "-"), ...(asJsonSchema(schema) as object) });
    compiled.set(key, validate);
    return validate(body) ? [] : (validate.errors ?? []).map((error) => `${key}: ${error.instancePath || "/"} ${error.message} ${JSON.stringify(error.params)}`);
  }
  const schemaOf = (content: Record<string, { schema: Schema }> | undefined) => content && Object.values(content)[0]?.schema;

  return {
    operations,
    operationOf(method, address) {
      const parts = address.split("?")[0]!.split("/");
      const fits = operations.filter((operation) => {
        const [verb = "", template = ""] = operation.split(" ");
        const wanted = template.split("/");
        return verb === method && wanted.length === parts.length && wanted.every((part, index) => part.startsWith("{") || part === parts[index]);
      });
      // The literal path goes before the one with a parameter: /servers/actions before /servers/{id}.
      return fits.toSorted((a, b) => a.split("{").length - b.split("{").length)[0];
    },
    checkRequest: (operation, body) => faults(`${operation} request`, schemaOf(find(operation).requestBody?.content), body),
    checkResponse(operation, status, body) {
      const { responses } = find(operation);
      const response = responses[status] ?? responses[`${Math.floor(status / 100)}xx`];
      return response ? faults(`${operation} ${status}`, schemaOf(response.content), body) : [`${operation}: status ${status} is not documented`];
    },
  };
}

/** OpenAPI 3.0's `nullable` as JSON Schema; nothing undocumented is let through in objects that list their properties. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as Schema;
  const converted = Object.fromEntries(Object.entries(rest).map(([key, entry]) => [key, asJsonSchema(entry)])) as Schema;
  if (typeof converted["$ref"] === "string") converted["$ref"] = converted["$ref"].replace(/^#/, "hcloud#");
  // Fields that the document does not know are most often misspelt ones; allOf would need them checked together.
  if (rest["properties"] && rest["additionalProperties"] === undefined && !rest["allOf"]) converted["additionalProperties"] = false;
  return nullable === true ? { anyOf: [converted, { type: "null" }] } : converted;
}
