import { createPrivateKey, createPublicKey } from "node:crypto";
import "reflect-metadata";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { expect, it } from "vitest";
import { newCertificateKey } from "../../infra/certificate-key.ts";

it("asks for a certificate for the very key it made", async () => {
  const { privateKey, request } = await newCertificateKey("helmex");
  const parsed = new Pkcs10CertificateRequest(request);
  expect(await parsed.verify()).toBe(true);
  expect(parsed.subject).toBe("CN=helmex");
  const key = createPublicKey(createPrivateKey(privateKey)).export({ type: "spki", format: "der" });
  expect(Buffer.from(parsed.publicKey.rawData).equals(key)).toBe(true);
});
