/** A TLS key and the request to certify it. */
import "reflect-metadata"; // which x509 wants to find loaded
import { KeyObject, type webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

export interface CertificateKey {
  /** PEM, PKCS #8. */
  privateKey: string;
  /** PEM. It proves who holds the key; the names are given to Cloudflare beside it. */
  request: string;
}

const KEY = { name: "ECDSA", namedCurve: "P-256" };

/** A fresh P-256 key, for `commonName`. */
export async function newCertificateKey(commonName: string): Promise<CertificateKey> {
  const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]) as webcrypto.CryptoKeyPair;
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`, keys, signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { privateKey, request: `${request.toString("pem")}\n` };
}
