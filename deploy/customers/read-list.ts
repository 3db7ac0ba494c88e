/** The list of customers as it is written, before defaults. */
import { parseFile } from "../../model/document.ts";
import type { Entry } from "./edit.ts";

/** undefined when the text is no YAML, or holds no list of mappings under `customers`. */
export function listIn(text: string): readonly Entry[] | undefined {
  return listOf(parseFile("customers.yaml", text).data);
}

export function listOf(data: unknown): readonly Entry[] | undefined {
  const list = (data as { customers?: unknown } | undefined)?.customers;
  return Array.isArray(list) && list.every((entry) => typeof entry === "object" && entry !== null && !Array.isArray(entry)) ? list as Entry[] : undefined;
}
