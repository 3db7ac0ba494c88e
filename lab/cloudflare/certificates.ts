/** /certificates: Origin CA. The certificate is real and signed by the lab's own Origin CA. */
import * as x509 from "@peculiar/x509";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { sign, type Authority } from "../ca/authority.ts";
import { paginate, problem, success } from "./envelope.ts";
import { hostname } from "./record-content.ts";
import { readPage } from "./query.ts";
import { zoneOf, type Store } from "./store.ts";
import type { OriginCertificate } from "./types.ts";

const validities = [7, 30, 90, 365, 730, 1095, 5475];
const request = z.object({
  csr: z.string(),
  hostnames: z.array(z.string()).min(1).max(200),
  request_type: z.enum(["origin-rsa", "origin-ecc", "keyless-certificate"]),
  requested_validity: z.number().default(5475),
});

interface Path {
  Params: { certificate: string };
}

export function certificateRoutes(server: FastifyInstance, store: Store, authority: Authority): void {
  server.get("/certificates", async (incoming) => {
    const query = incoming.query as Record<string, string>;
    if (!query.zone_id)
      throw problem(400, 1012, "Please provide a zone id when requesting a stored certificate, or fetch by serial number");
    const { page, perPage } = readPage(query, { perPage: 20, least: 5, most: 50 });
    const inZone = (name: string) => zoneOf(store, name.replace(/^\*\./, ""))?.id === query.zone_id;
    const certificates = store.certificates.all().filter((one) => !one.revoked_at && one.hostnames.some(inZone));
    return paginate(certificates.map(({ csr: _, ...shown }) => shown), page, perPage);
  });

  server.post("/certificates", async (incoming) => {
    const parsed = request.safeParse(incoming.body);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      throw problem(400, 1003, `Failed to parse the certificate request: ${path.join(".") || "body"}: ${message}`);
    }
    const wanted = parsed.data;
    if (!validities.includes(wanted.requested_validity))
      throw problem(400, 1005, `Unsupported requested_validity ${wanted.requested_validity}: expected one of ${validities.join(", ")} days`);
    const csr = await readRequest(wanted.csr, wanted.request_type);
    const names = [...new Set(wanted.hostnames.map((name) => checkName(store, name)))];
    const certificate = await sign(authority, csr.publicKey, { names }, wanted.requested_validity);
    const kept: OriginCertificate = {
      id: BigInt(`0x${certificate.serialNumber}`).toString(),
      certificate: `${certificate.toString("pem")}\n`,
      csr: wanted.csr,
      expires_on: certificate.notAfter.toISOString(),
      hostnames: names,
      request_type: wanted.request_type,
      requested_validity: wanted.requested_validity,
    };
    store.certificates.put(kept);
    return success(kept);
  });

  server.get<Path>("/certificates/:certificate", async (incoming) => success(certificateFor(store, incoming.params.certificate)));

  server.delete<Path>("/certificates/:certificate", async (incoming) => {
    const certificate = certificateFor(store, incoming.params.certificate);
    if (certificate.revoked_at) throw problem(400, 1014, "Certificate is already revoked");
    const revoked_at = new Date().toISOString();
    store.certificates.put({ ...certificate, revoked_at });
    return success({ id: certificate.id, revoked_at });
  });
}

/** Whether the certificate with this hexadecimal serial number was revoked. */
export function isRevoked(store: Store, serialNumber: string): boolean {
  return store.certificates.get(BigInt(`0x${serialNumber}`).toString())?.revoked_at !== undefined;
}

function certificateFor(store: Store, id: string): OriginCertificate {
  const certificate = store.certificates.get(id);
  if (!certificate) throw problem(404, 1101, "Failed to read certificate from database: no certificate with this serial number");
  return certificate;
}

async function readRequest(pem: string, type: string): Promise<x509.Pkcs10CertificateRequest> {
  let csr: x509.Pkcs10CertificateRequest;
  try {
    csr = new x509.Pkcs10CertificateRequest(pem);
  } catch {
    throw problem(400, 1002, "Failed to parse the CSR: expected PEM with -----BEGIN CERTIFICATE REQUEST-----");
  }
  if (!(await csr.verify().catch(() => false))) throw problem(400, 1002, "Failed to verify the CSR: its signature does not match its key");
  const key = csr.publicKey.algorithm as { name: string; modulusLength?: number };
  const isRsa = key.name.startsWith("RSA");
  if (type === "origin-rsa" && !isRsa) throw problem(400, 1002, "The CSR's key is not RSA, which request_type origin-rsa expects");
  if (type === "origin-ecc" && key.name !== "ECDSA") throw problem(400, 1002, "The CSR's key is not ECDSA, which request_type origin-ecc expects");
  if (isRsa && (key.modulusLength ?? 0) < 2048) throw problem(400, 1002, "The CSR's key is too short: expected at least 2048 bits");
  return csr;
}

function checkName(store: Store, given: string): string {
  const name = hostname(given, { wildcard: true });
  if (!name || !zoneOf(store, name.replace(/^\*\./, "")))
    throw problem(
      400,
      1010,
      `Failed to validate requested hostname ${given}: This zone is either not part of your account, or you do not have access to it. Please contact support if using a multi-user organization.`,
    );
  return name;
}
