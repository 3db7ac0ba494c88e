/** What a host's firewall admits from outside. Pure. */

export interface AdmissionRule {
  direction: "in";
  protocol: "tcp" | "icmp";
  port?: string;
  sourceIps: string[];
  description: string;
}

const ANYWHERE = ["0.0.0.0/0", "::/0"];

/**
 * SSH and ICMP from anywhere (sshd takes keys only); HTTP and HTTPS from `edges` (Cloudflare's ranges) when customers'
 * names lead through Cloudflare, else from anywhere. Everything else that comes in is dropped.
 */
export function admissionRules(edges: readonly string[] | undefined): AdmissionRule[] {
  const web = edges ? [...edges].sort() : ANYWHERE;
  if (web.length === 0) throw new Error("Cloudflare gave no address ranges; a firewall without any would admit no customer");
  const from = edges ? " from Cloudflare" : "";
  return [
    { direction: "in", protocol: "tcp", port: "22", sourceIps: ANYWHERE, description: "SSH, keys only" },
    { direction: "in", protocol: "icmp", sourceIps: ANYWHERE, description: "Ping and path MTU" },
    { direction: "in", protocol: "tcp", port: "80", sourceIps: web, description: `HTTP${from}` },
    { direction: "in", protocol: "tcp", port: "443", sourceIps: web, description: `HTTPS${from}` },
  ];
}
