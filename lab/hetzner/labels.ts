/** Labels and their selectors: `k=v`, `k==v`, `k!=v`, `k`, `!k`, `k in (a,b)`, `k notin (a,b)`, joined by commas (and). */
import { invalid } from "./errors.ts";

export type Labels = Record<string, string>;
export type Selector = (labels: Labels) => boolean;

const namePart = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;
const prefixPart = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Whether `key` may be a label key: an optional DNS prefix and a name of up to 63 characters. */
export function isLabelKey(key: string): boolean {
  const [first = "", second, ...rest] = key.split("/");
  if (rest.length > 0) return false;
  if (second === undefined) return namePart.test(first);
  return first.length <= 253 && prefixPart.test(first) && !/(^|\.)hetzner\.cloud$/.test(first) && namePart.test(second);
}

export function isLabelValue(value: string): boolean {
  return value === "" || namePart.test(value);
}

/** Parses a selector; throws invalid_input on `field` when it does not follow the grammar. */
export function parseSelector(text: string, field = "label_selector"): Selector {
  const terms = text.split(/,(?![^(]*\))/).map((part) => parseTerm(part.trim(), field));
  return (labels) => terms.every((term) => term(labels));
}

function parseTerm(term: string, field: string): Selector {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term);
  if (set) {
    const key = checkedKey(set[1]!, field);
    const values = set[3]!.split(",").map((value) => checkedValue(value.trim(), field));
    // As in Kubernetes, whose grammar this is: a resource without the key is "not in" any set.
    return set[2] === "in"
      ? (labels) => key in labels && values.includes(labels[key]!)
      : (labels) => !(key in labels) || !values.includes(labels[key]!);
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!\s]*)$/.exec(term);
  if (comparison) {
    const key = checkedKey(comparison[1]!, field);
    const value = checkedValue(comparison[3]!, field);
    return comparison[2] === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const key = checkedKey(term.replace(/^!\s*/, ""), field);
  return term.startsWith("!") ? (labels) => !(key in labels) : (labels) => key in labels;
}

function checkedKey(key: string, field: string): string {
  if (!isLabelKey(key)) throw invalid(field, `'${key}' is not a label key`);
  return key;
}

function checkedValue(value: string, field: string): string {
  if (!isLabelValue(value)) throw invalid(field, `'${value}' is not a label value`);
  return value;
}
