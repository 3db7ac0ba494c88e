/** What a firewall rule may say. */
import { z } from "zod";
import { hasHostBits, isIpv4Cidr } from "./addresses.ts";
import * as input from "./input.ts";

const block = input.cidr.refine((text) => !isIpv4Cidr(text) || !hasHostBits(text), "has host bits set");
const blocks = z.array(block).max(100, "holds more than 100 blocks").nullish().transform((value) => value ?? []);

function isPort(text: string): boolean {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!match) return false;
  const low = Number(match[1]);
  const high = Number(match[2] ?? match[1]);
  return low >= 1 && high <= 65535 && low <= high;
}

const rule = z
  .object({
    direction: z.enum(["in", "out"]),
    protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
    port: z.string().nullish().transform((value) => value ?? null),
    source_ips: blocks,
    destination_ips: blocks,
    description: z.string().max(255, "is too long").nullish().transform((value) => value ?? null),
  })
  .superRefine((value, context) => {
    const fault = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    const ported = value.protocol === "tcp" || value.protocol === "udp";
    if (ported && value.port === null) fault("port", "is required for tcp and udp");
    if (!ported && value.port !== null) fault("port", "goes with tcp and udp only");
    if (ported && value.port !== null && value.port !== "any" && !isPort(value.port)) fault("port", "is neither a port nor a range of ports");
    const [wanted, unwanted] = value.direction === "in" ? (["source_ips", "destination_ips"] as const) : (["destination_ips", "source_ips"] as const);
    if (value[wanted].length === 0) fault(wanted, `is required for direction ${value.direction}`);
    if (value[unwanted].length > 0) fault(unwanted, `must be empty for direction ${value.direction}`);
  })
  // "any" is what the console sends for all ports; machines know it as no port.
  .transform((value) => ({ ...value, port: value.port === "any" ? "1-65535" : value.port }));

const target = z.discriminatedUnion("type", [
  z.object({ type: z.literal("server"), server: z.object({ id: input.id }) }),
  z.object({ type: z.literal("label_selector"), label_selector: z.object({ selector: z.string().min(1) }) }),
]);

export const rules = z.array(rule).max(50, "holds more than 50 rules");
export const targets = z.array(target);
export const creation = z.object({ name: input.name, labels: input.labels.nullish(), rules: rules.nullish(), apply_to: targets.nullish() });
