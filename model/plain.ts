/**
 * The values of a plain YAML text, at a fifth of the time that it takes to know where in the text each of them stands: for
 * the many readings that find no fault. What two parsers could read differently is left to the slower one.
 */
import { CORE_SCHEMA, defineMappingTag, load, mapTag, YAMLException } from "js-yaml";

/**
 * Tabs, other line ends than usual, byte order marks, document markers, numbers that may not fit, block texts that give their indentation; and
 * anchors, aliases and tags, which are faults here and have to be told with their place. (`Müller & Sohn` is none.)
 */
const UNPLAIN = /[\t\u2028\u2029\x85]|\r(?!\n)|\uFEFF|^[ ]*(?:---|\.\.\.)|\d[eE]\+?\d{3}|[|>][-+]?\d|^[ ]*[|>]|(?:^|[\s,[\]{}:?-])(?:[&*]\S|!)/m;

/** `null: x` and `<<: x` are for the other parser. */
const namedMap = defineMappingTag("tag:yaml.org,2002:map", {
  ...mapTag,
  addPair: (map, key, value) => typeof key === "string" && key !== "<<" ? mapTag.addPair(map, key, value) : "the key is not plain",
});
const SCHEMA = CORE_SCHEMA.withTags(namedMap);

/** undefined when the text is not plain, holds nothing, or is no YAML: then only the slower parser can tell. */
export function plainValues(text: string): unknown {
  if (UNPLAIN.test(text)) return undefined;
  try {
    return load(text, { schema: SCHEMA }) ?? undefined;
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}
