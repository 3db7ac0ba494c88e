/** Stacks as Pulumi itself keeps them in files, with secrets that its passphrase opens: what `pulumi up` would leave behind. */
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import type { Outputs, Secrets } from "../../model/outputs.ts";

/** The passphrase provider's: a million rounds, once for all stacks of a benchmark. */
export class Sealer {
  readonly #key: Buffer;
  /** What a stack notes of it. */
  readonly salt: string;
  constructor(passphrase: string) {
    const salt = randomBytes(8);
    this.#key = pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
    this.salt = `v1:${salt.toString("base64")}:${this.seal("pulumi")}`;
  }

  seal(text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }
}

/** Of a host's stack, beside the stack itself; their states are about as long as these. */
const RESOURCES = 33;
const STATE_BYTES = 2300;

/** The text of `.pulumi/stacks/PROJECT/STACK.json`. */
export function checkpoint(project: string, stack: string, outputs: Outputs, secrets: Secrets, sealer: Sealer): string {
  const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: sealer.seal(JSON.stringify(value)) });
  const sealed = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, secret(value)]));
  const root = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  const time = "2026-01-01T00:00:00Z";
  const others = Array.from({ length: RESOURCES }, (_, at) => ({
    urn: `urn:pulumi:${stack}::${project}::etage:infra:Part::part-${at}`, custom: false, type: "etage:infra:Part", outputs: { text: "x".repeat(STATE_BYTES) }, parent: root, created: time, modified: time,
  }));
  return JSON.stringify({
    version: 3,
    checkpoint: {
      stack: `organization/${project}/${stack}`,
      latest: {
        manifest: { time, magic: "9efda2e66c69194595f1be2c3587ab931ef188c15697bed0da0a960b45186d89", version: "v3.250.0" },
        secrets_providers: { type: "passphrase", state: { salt: sealer.salt } },
        resources: [{ urn: root, custom: false, type: "pulumi:pulumi:Stack", outputs: { ...outputs, ...sealed }, created: time, modified: time }, ...others],
        metadata: {},
      },
    },
  }, null, 4);
}
