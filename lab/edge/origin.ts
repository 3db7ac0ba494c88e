/** Connections from the edge to origins: kept alive, with the origin's certificate checked as the zone demands. */
import { Agent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { connect, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, createSecureContext, rootCertificates, type SecureContext, type TLSSocket } from "node:tls";
import type { Duplex } from "node:stream";
import { EdgeError, fromNodeError } from "./errors.ts";

export interface OriginOptions {
  /** Source address of connections; absent = whatever the system takes. */
  localAddress?: string;
  connectTimeoutMs: number;
  /** PEM of the Origin CA. */
  originCa: string;
  isRevoked(serialNumber: string): boolean;
}

/** What a request must carry for the agent to know how to connect. */
export interface OriginRequest extends ClientRequestArgs {
  host: string;
  port: number;
  servername: string;
  tls: "none" | "unchecked" | "checked";
}

// A kept connection is let go before kamal-proxy or any other common server would (60 s), so that we are the ones who close.
const idleMs = 15_000;

export class OriginAgent extends Agent {
  private readonly origin: OriginOptions;
  private readonly context: SecureContext;

  constructor(origin: OriginOptions, { keepAlive }: { keepAlive: boolean }) {
    const options: AgentOptions = { keepAlive, timeout: idleMs, maxSockets: Infinity, maxFreeSockets: 64 };
    super(options);
    this.origin = origin;
    // What Cloudflare accepts in strict mode: its own Origin CA and publicly trusted authorities.
    this.context = createSecureContext({ ca: [origin.originCa, ...rootCertificates] });
  }

  override getName(options?: object): string {
    const { host, port, servername, tls } = options as OriginRequest;
    return `${host}:${port}:${servername}:${tls}`;
  }

  override createConnection(options: object, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    const request = options as OriginRequest;
    this.open(request).then(
      (socket) => callback?.(null, socket),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
  }

  private async open(request: OriginRequest): Promise<Socket> {
    const socket = await dial(request, this.origin);
    if (request.tls === "none") return socket;
    const secured = await handshake(socket, request.servername, this.context, this.origin.connectTimeoutMs);
    if (request.tls === "checked") checkCertificate(secured, request.servername, this.origin);
    return secured;
  }
}

function dial({ host, port }: OriginRequest, { localAddress, connectTimeoutMs }: OriginOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, ...(localAddress ? { localAddress } : {}) });
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error("connect timed out"), { code: "ETIMEDOUT" })), connectTimeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(fromNodeError(error, false));
    };
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

function handshake(socket: Socket, servername: string, secureContext: SecureContext, timeoutMs: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ socket, servername, secureContext, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    const fail = (error?: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      secured.destroy();
      reject(new EdgeError(525, 525, `the TLS handshake with the origin failed (${error?.code ?? error?.message ?? "it hung up"})`));
    };
    const hungUp = () => fail();
    const timer = setTimeout(() => fail(new Error("timed out")), timeoutMs);
    secured.once("error", fail);
    secured.once("close", hungUp);
    secured.once("secureConnect", () => {
      clearTimeout(timer);
      secured.off("error", fail);
      secured.off("close", hungUp);
      resolve(secured);
    });
  });
}

function checkCertificate(socket: TLSSocket, host: string, { isRevoked }: OriginOptions): void {
  const certificate = socket.getPeerCertificate();
  const fault = socket.authorized ? checkServerIdentity(host, certificate)?.message : String(socket.authorizationError);
  const reason = fault ?? (isRevoked(certificate.serialNumber) ? "it was revoked" : undefined);
  if (!reason) return;
  socket.destroy();
  throw new EdgeError(526, 526, `the origin's certificate is not valid for ${host}: ${reason}`);
}
