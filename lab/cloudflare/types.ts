/** Resources as Cloudflare's API shows them. */

export interface Zone {
  id: string;
  name: string;
  status: "active";
  paused: boolean;
  type: "full";
  development_mode: number;
  name_servers: string[];
  original_name_servers: string[];
  original_registrar: string | null;
  original_dnshost: string | null;
  created_on: string;
  modified_on: string;
  activated_on: string;
  meta: Record<string, unknown>;
  owner: { id: null; type: string; email: null };
  account: { id: string; name: string };
  tenant: { id: null; name: null };
  tenant_unit: { id: null };
  permissions: string[];
  plan: Record<string, unknown>;
}

export const recordTypes = ["A", "AAAA", "CNAME", "TXT", "MX", "NS", "SRV", "CAA"] as const;
export type RecordType = (typeof recordTypes)[number];

/** What of a record its owner decides. */
export interface RecordInput {
  /** Fully qualified, lower case. */
  name: string;
  type: RecordType;
  content: string;
  /** Seconds; 1 = automatic. */
  ttl: number;
  proxied: boolean;
  /** MX, and SRV inside `data`. */
  priority?: number;
  data?: Record<string, string | number>;
  comment: string | null;
  tags: string[];
  settings: Record<string, unknown>;
}

export interface DnsRecord extends RecordInput {
  id: string;
  proxiable: boolean;
  meta: Record<string, unknown>;
  created_on: string;
  modified_on: string;
  comment_modified_on?: string;
}

export interface OriginCertificate {
  /** Decimal serial number. */
  id: string;
  certificate: string;
  csr: string;
  expires_on: string;
  hostnames: string[];
  request_type: "origin-rsa" | "origin-ecc" | "keyless-certificate";
  requested_validity: number;
  revoked_at?: string;
}
