/** YAML's syntax errors in words for people who edit two files and don't know the grammar. */
import { isScalar, visit, type Document, type YAMLParseError } from "yaml";

export interface SyntaxFault {
  /** Offset in the text. */
  at: number;
  message: string;
  suggestion?: string;
}

export function syntaxFault({ code, message, pos: [at] }: YAMLParseError, document: Document): SyntaxFault {
  switch (code) {
    case "TAB_AS_INDENT": return { at, message: "the line is indented with a tab", suggestion: "indent with spaces" };
    case "MULTIPLE_DOCS": return { at, message: "the file holds several documents (`---`); one was expected" };
    case "BLOCK_AS_IMPLICIT_KEY": return { at, message: "there is a second colon, or a deeper mapping, where a value was expected", suggestion: "put a text that contains a colon in quotes, and check the indentation" };
    case "MULTILINE_IMPLICIT_KEY": return { at, message: "expected `key: value`", suggestion: "check the indentation, and that a blank follows the colon" };
    case "MISSING_CHAR": {
      const quote = /closing ['"]/.exec(message) ? openQuote(document, at) : undefined;
      return quote === undefined ? { at, message, suggestion: "check the indentation" } : { at: quote, message: "the quote that begins here is never closed" };
    }
    default: {
      const bracket = /end with a (.)$/.exec(message)?.[1];
      return bracket ? { at, message: `expected \`${bracket}\` before this line`, suggestion: "close the bracket" } : { at, message };
    }
  }
}

/** Where the quoted text begins whose end is missing: the last one before the error. */
function openQuote(document: Document, end: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE") && node.range && node.range[0] < end) start = node.range[0];
    },
  });
  return start;
}
