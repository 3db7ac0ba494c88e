/** Origins for the edge: real servers on loopback addresses, with certificates good and bad. */
import { once } from "node:events";
import { createServer as createHttp, type RequestListener, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { generateKeys, keyPem, sign } from "../../../lab/ca/authority.ts";
import { issue, originAuthority } from "../../../lab/ca.ts";
import type { Lab } from "../../../lab/context.ts";

export interface Pem {
  certificate: string;
  key: string;
}

/** By the Origin CA, valid for `days` (negative: over already). */
export async function byOriginCa(lab: Lab, names: string[], days = 7): Promise<Pem> {
  const keys = await generateKeys();
  const certificate = await sign(await originAuthority(lab), keys.publicKey, { names }, days);
  return { certificate: certificate.toString("pem"), key: await keyPem(keys.privateKey) };
}

/** By an authority that nobody at the edge knows. */
export const byStranger = (lab: Lab, names: string[]): Promise<Pem> => issue(lab, { names });

/** Listens on `address`; with `pem` on TLS. */
export async function origin(address: string, port: number, pem: Pem | undefined, handler: RequestListener): Promise<Server> {
  const server = pem ? createHttps({ cert: pem.certificate, key: pem.key }, handler) : createHttp(handler);
  server.listen(port, address);
  await once(server, "listening");
  return server;
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
