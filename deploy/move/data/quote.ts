/** Names and values inside SQL text. Nothing else in this folder puts a value into a statement. */

export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A string literal whatever `standard_conforming_strings` says. */
export const literal = (value: string): string => {
  const quoted = `'${value.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return value.includes("\\") ? ` E${quoted}` : quoted;
};

/** A table or another object of a schema. */
export const qualified = (schema: string, name: string): string => `${ident(schema)}.${ident(name)}`;
