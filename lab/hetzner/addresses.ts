/** Address arithmetic for private networks and the lab's public pool. IPv4 ranges are [first, last] as numbers. */
import ipaddr from "ipaddr.js";

export const isIp = (text: string): boolean => ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
export const isIpv4 = (text: string): boolean => ipaddr.IPv4.isValidFourPartDecimal(text);
export const isCidr = (text: string): boolean => text.includes("/") && isIp(text.split("/")[0]!) && ipaddr.isValidCIDR(text);
export const isIpv4Cidr = (text: string): boolean => isCidr(text) && isIpv4(text.split("/")[0]!);

export interface Range {
  first: number;
  last: number;
  prefix: number;
}

export function toNumber(ip: string): number {
  return ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function toText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** The range of an IPv4 CIDR; `text` is known to be one. */
export function rangeOf(text: string): Range {
  const [ip = "", bits = "32"] = text.split("/");
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(ip) / size) * size;
  return { first, last: first + size - 1, prefix: Number(bits) };
}

export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last;
export const contains = (outer: Range, inner: Range): boolean => outer.first <= inner.first && inner.last <= outer.last;
export const hasHostBits = (text: string): boolean => toNumber(text.split("/")[0]!) !== rangeOf(text).first;

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(rangeOf);
export const isPrivate = (range: Range): boolean => privateRanges.some((outer) => contains(outer, range));

/** The first block of `prefix` bits inside `outer` that meets none of `taken`; undefined when full. */
export function freeBlock(outer: Range, prefix: number, taken: Range[]): Range | undefined {
  const size = 2 ** (32 - prefix);
  for (let first = outer.first; first + size - 1 <= outer.last; first += size) {
    const block = { first, last: first + size - 1, prefix };
    if (!taken.some((other) => overlaps(other, block))) return block;
  }
  return undefined;
}

/** A /64 out of the documentation prefix, different for every lab and id; text only, nothing routes it. */
export function documentationPrefix(lab: number, id: number): string {
  const high = ((lab & 0xff) << 8) | ((id >>> 16) & 0xff);
  return `${new ipaddr.IPv6([0x2001, 0xdb8, high, id & 0xffff, 0, 0, 0, 0]).toString()}/64`;
}
