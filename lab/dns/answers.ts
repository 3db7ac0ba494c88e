/** From a record of the API to an answer on the wire. */
import type { Answer } from "dns-packet";
import type { DnsRecord } from "../cloudflare/types.ts";

/** `name` is the name asked for, which a wildcard record takes on. */
export function toAnswer(record: DnsRecord, name: string, ttl: number): Answer {
  const head = { name, ttl };
  switch (record.type) {
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
      return { ...head, type: record.type, data: record.content };
    case "MX":
      return { ...head, type: "MX", data: { preference: record.priority ?? 0, exchange: record.content } };
    case "TXT":
      return { ...head, type: "TXT", data: strings(record.content) };
    case "SRV": {
      const { priority, weight, port, target } = record.data as { priority: number; weight: number; port: number; target: string };
      return { ...head, type: "SRV", data: { priority, weight, port, target } };
    }
    case "CAA": {
      const { flags, tag, value } = record.data as { flags: number; tag: "issue" | "issuewild" | "iodef"; value: string };
      return { ...head, type: "CAA", data: { flags, tag, value } };
    }
  }
}

/** A TXT record's strings: as quoted by its owner, or cut at 255 bytes, which is all that one string holds. */
export function strings(content: string): Buffer[] {
  const quoted = [...content.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!.replace(/\\(.)/g, "$1"));
  const isQuoted = /^\s*"/.test(content) && quoted.length > 0;
  return (isQuoted ? quoted : [content]).flatMap((text) => {
    const bytes = Buffer.from(text);
    const pieces = Math.max(1, Math.ceil(bytes.length / 255));
    return Array.from({ length: pieces }, (_, index) => bytes.subarray(index * 255, (index + 1) * 255));
  });
}
