/** The edge's own certificates: one a name, by the lab's root, made when first asked for. */
import { createSecureContext, type SecureContext } from "node:tls";
import { issue } from "../ca.ts";
import type { Lab } from "../context.ts";

const most = 2000;

/** Gives the TLS context of a host name; asking again is free. */
export function edgeCertificates(lab: Pick<Lab, "directory">): (host: string) => Promise<SecureContext> {
  const made = new Map<string, Promise<SecureContext>>();
  return (host) => {
    const known = made.get(host);
    if (known) return known;
    if (made.size >= most) made.delete(made.keys().next().value!);
    const fresh = issue(lab, { names: [host] }).then(({ certificate, key }) => createSecureContext({ cert: certificate, key }));
    made.set(host, fresh);
    fresh.catch(() => made.delete(host));
    return fresh;
  };
}
