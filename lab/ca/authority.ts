/** A certificate authority kept in two files; made on first use. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 3600 * 1000;

export interface Authority {
  certificate: x509.X509Certificate;
  /** PEM */
  pem: string;
  key: webcrypto.CryptoKey;
}

/** Reads `<name>.crt` and `<name>.key` in `folder`, or makes both (ten years, P-256). */
export async function openAuthority(folder: string, name: string, subject: string): Promise<Authority> {
  const certificatePath = join(folder, `${name}.crt`);
  const keyPath = join(folder, `${name}.key`);
  if (!existsSync(certificatePath) || !existsSync(keyPath)) {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: subject,
      keys,
      serialNumber: serialNumber(),
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 3650 * day),
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    writeFileSync(keyPath, await keyPem(keys.privateKey), { mode: 0o600 });
    writeFileSync(certificatePath, `${certificate.toString("pem")}\n`);
  }
  const pem = readFileSync(certificatePath, "utf8");
  const der = x509.PemConverter.decodeFirst(readFileSync(keyPath, "utf8"));
  const key = await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  return { certificate: new x509.X509Certificate(pem), pem, key };
}

export interface Subject {
  /** DNS names, the first becomes the common name; may be empty when there are addresses. */
  names: string[];
  /** IP addresses. */
  addresses?: string[];
}

/** Signs a server certificate for `publicKey`, valid from an hour ago for `days`. */
export async function sign(
  authority: Authority,
  publicKey: x509.PublicKeyType,
  subject: Subject,
  days: number,
): Promise<x509.X509Certificate> {
  const alternatives: x509.JsonGeneralName[] = [
    ...subject.names.map((value) => ({ type: "dns" as const, value })),
    ...(subject.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  return await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    issuer: authority.certificate.subject,
    subject: `CN=${subject.names[0] ?? subject.addresses?.[0] ?? "etage lab"}`,
    notBefore: new Date(Date.now() - 3600 * 1000),
    notAfter: new Date(Date.now() + days * day),
    publicKey,
    signingKey: authority.key,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
    ],
  });
}

/** A fresh P-256 pair. */
export async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** PKCS#8 in PEM. */
export async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey("pkcs8", key);
  return `${x509.PemConverter.encode(der, "PRIVATE KEY")}\n`;
}

// 16 random bytes, first bit clear: a positive number of the same length every time.
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}
