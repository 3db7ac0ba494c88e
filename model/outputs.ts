/** What every stack exports: the truth about a host's address, keys and secrets that `deploy` works from. */
import { z } from "zod";

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
  databaseUrl: z.string().describe("Secret. postgres://… as seen from a container in `network`"),
  redisUrl: z.string().describe("Secret. redis://… as seen from a container in `network`"),
  certificate: z.string().describe("PEM; Cloudflare Origin CA"),
  certificateKey: z.string().describe("Secret. PEM"),
});
export type Outputs = z.infer<typeof outputs>;
