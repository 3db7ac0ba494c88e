/** Whom a Host header means: the platform itself, a customer by slug, or a customer by its own hostname. */
export type Addressee = { kind: "platform" } | { kind: "slug"; slug: string } | { kind: "hostname"; hostname: string } | { kind: "nobody" };

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Reads a Host header (may carry a port, a final dot, capitals; may be missing or nonsense) for the platform at `domain`. */
export function addresseeOf(header: string | undefined, domain: string): Addressee {
  const host = (header ?? "").toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
  if (host === domain) return { kind: "platform" };
  const labels = host.split(".");
  if (host.length > 253 || labels.length < 2 || !labels.every((part) => label.test(part))) return { kind: "nobody" };
  // An IPv4 address is how the proxy's health checks come.
  if (/^\d+$/.test(labels.at(-1)!)) return { kind: "nobody" };
  if (host.endsWith(`.${domain}`)) {
    const slug = host.slice(0, -domain.length - 1);
    return slug.includes(".") ? { kind: "hostname", hostname: host } : { kind: "slug", slug };
  }
  return { kind: "hostname", hostname: host };
}
