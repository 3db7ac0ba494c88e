/** What every stack exports: the truth about a host's address, keys and secrets that `deploy` works from. */
import { createHash } from "node:crypto";
import { z } from "zod";

/** What is no secret: all that is needed to reach a host, to judge it and to update it. */
export const outputs = z.object({
  host: z.string().describe("Name of the host, same as the stack"),
  address: z.string().describe("Public IPv4"),
  privateAddress: z.string().describe("IPv4 in the platform's network"),
  user: z.string().describe("Whom to log in as"),
  hostKey: z.string().describe("The server's SSH public key, `ssh-ed25519 AAAA…`, made before the server"),
  dataPath: z.string().describe("Mount point of the data volume on the host"),
  network: z.string().describe("Docker network that services and the app share"),
  services: z.array(z.string()).describe("Container names of the services Pulumi owns: proxy, postgres, redis"),
  hostnames: z.array(z.string()).describe("Names whose certificate the host has: exact, or with a leading *."),
  certificate: z.string().describe("PEM; Cloudflare Origin CA"),
  database: z.object({ user: z.string(), name: z.string() }).describe("Whom and what `databaseUrl` names"),
  fingerprints: z.object({ databaseUrl: z.string(), redisUrl: z.string(), certificateKey: z.string() })
    .describe("SHA-256 of each secret, in hex: shows whether a host has it without decrypting it. The secrets have 192 bits and more, so none can be found from it"),
});
export type Outputs = z.infer<typeof outputs>;

/** Encrypted in the stack's state; read only to be written to a host that lacks them. */
export const secrets = z.object({
  databaseUrl: z.string().describe("postgres://… as seen from a container in `network`"),
  redisUrl: z.string().describe("redis://… as seen from a container in `network`"),
  certificateKey: z.string().describe("PEM"),
});
export type Secrets = z.infer<typeof secrets>;

/** How `fingerprints` are made. */
export const fingerprint = (secret: string): string => createHash("sha256").update(secret).digest("hex");
