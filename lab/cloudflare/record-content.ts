/** What a record's content must look like, type by type, and how Cloudflare writes it back. */
import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { RecordType } from "./types.ts";

/** Collected as `error_chain` of code 1004. */
export class ContentFault extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Content {
  content: string;
  priority?: number;
  data?: Record<string, string | number>;
}

interface Given {
  content?: string | undefined;
  priority?: number | undefined;
  data?: Record<string, unknown> | undefined;
}

const sixteenBits = z.int().min(0).max(65535);
const srv = z.object({ priority: sixteenBits, weight: sixteenBits, port: sixteenBits, target: z.string() });
const caa = z.object({ flags: z.int().min(0).max(255), tag: z.enum(["issue", "issuewild", "iodef"]), value: z.string().min(1) });

/** Checks and canonises; throws ContentFault. */
export function readContent(type: RecordType, given: Given, zone: string): Content {
  const content = given.content?.trim();
  switch (type) {
    case "A":
      if (!content || !isIPv4(content)) throw new ContentFault(9005, "Content for A record must be a valid IPv4 address.");
      return { content };
    case "AAAA":
      if (!content || !isIPv6(content) || content.includes("%"))
        throw new ContentFault(9006, "Content for AAAA record must be a valid IPv6 address.");
      return { content: ipaddr.IPv6.parse(content).toString() };
    case "CNAME":
      return { content: target(content, zone, 9007, "Content for CNAME record is invalid.") };
    case "NS":
      return { content: target(content, zone, 9008, "Content for NS record is invalid.") };
    case "MX": {
      const priority = sixteenBits.safeParse(given.priority);
      if (!priority.success) throw new ContentFault(9101, "priority is a required data field.");
      return { content: target(content, zone, 9009, "Content for MX record is invalid."), priority: priority.data };
    }
    case "TXT":
      if (!content || content.length > 2048) throw new ContentFault(9107, "Content for TXT record must be between 1 and 2048 characters.");
      return { content };
    case "SRV": {
      const data = fields(srv, given.data);
      const host = target(data.target, zone, 9010, "Content for SRV record is invalid.");
      return { content: `${data.weight} ${data.port} ${host}`, priority: data.priority, data: { ...data, target: host } };
    }
    case "CAA": {
      const data = fields(caa, given.data);
      return { content: `${data.flags} ${data.tag} "${data.value}"`, data };
    }
  }
}

/** Lower case, ASCII, no final dot; undefined when it is not a host name. `*` and `_` as DNS allows them. */
export function hostname(text: string, { wildcard = false } = {}): string | undefined {
  const plain = text.trim().replace(/\.$/, "");
  const star = wildcard && plain.startsWith("*.") ? "*." : "";
  const rest = plain.slice(star.length);
  // domainToASCII gives "" for what no URL could hold; underscores pass.
  const ascii = /[^\x20-\x7e]/.test(rest) ? domainToASCII(rest) : rest.toLowerCase();
  const labels = ascii.split(".");
  const good = labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  return good && ascii.length + star.length <= 253 ? star + ascii : undefined;
}

function target(text: string | undefined, zone: string, code: number, message: string): string {
  const name = text === "@" ? zone : hostname(text ?? "");
  if (!name || isIPv4(name)) throw new ContentFault(code, message);
  return name;
}

function fields<T extends z.ZodType>(schema: T, data: unknown): z.output<T> {
  const parsed = schema.safeParse(data ?? {});
  if (parsed.success) return parsed.data;
  throw new ContentFault(9101, `${parsed.error.issues[0]?.path.join(".") || "data"} is a required data field.`);
}
