/** The certificate that a host shows to Cloudflare, from Cloudflare's Origin CA. Browsers don't trust it and needn't. */
import { OriginCaCertificate } from "@pulumi/cloudflare/originCaCertificate.js";
import * as pulumi from "@pulumi/pulumi";
import { newCertificateKey } from "./certificate-key.ts";
import { kept } from "./secrets.ts";

export interface CertificateArgs {
  /** All of them, in zones of the account; may begin with `*.`. */
  hostnames: string[];
}

/** Fifteen years, the longest on offer. */
const DAYS = 5475;

export class Certificate extends pulumi.ComponentResource {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** PEM, secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: CertificateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("etage:infra:Certificate", name, {}, opts);
    const key = kept(`${name}-certificate-key`, newCertificateKey(name), { parent: this });
    this.privateKey = key.privateKey;
    this.certificate = new OriginCaCertificate(name, {
      csr: pulumi.unsecret(key.request),
      hostnames: args.hostnames,
      requestType: "origin-ecc",
      requestedValidity: DAYS,
      // To delete is to revoke, at once. When hostnames change, the host shows the old one until the next release is rolled out.
    }, { parent: this, retainOnDelete: true }).certificate;
    this.registerOutputs({ certificate: this.certificate, privateKey: this.privateKey });
  }
}
