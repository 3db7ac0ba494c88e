/** Authoritative name server for the zones of the Cloudflare emulator, over UDP and TCP. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Store } from "../cloudflare/store.ts";
import { answer } from "./message.ts";

export interface DnsOptions {
  address: string;
  port: number;
  /** Where proxied names lead. */
  edge: string;
}

/** Listens on both transports; rejects when either port is taken. */
export async function startDns(store: Store, options: DnsOptions): Promise<{ close(): Promise<void> }> {
  const udp = createSocket("udp4");
  udp.on("message", (message, from) => {
    const reply = answer(store, message, options.edge, "udp");
    if (reply) udp.send(reply, from.port, from.address);
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, (message) => answer(store, message, options.edge, "tcp"));
  });
  udp.bind(options.port, options.address);
  await once(udp, "listening");
  tcp.listen(options.port, options.address);
  await once(tcp, "listening").catch((error: unknown) => {
    udp.close();
    throw error;
  });
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      tcp.close();
      udp.close();
      await Promise.all([once(tcp, "close"), once(udp, "close")]);
    },
  };
}

/** Messages over TCP have their length in front, two bytes; several may come on one connection. */
function serve(socket: Socket, reply: (message: Buffer) => Buffer | undefined): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const length = pending.readUInt16BE(0);
      const bytes = reply(pending.subarray(2, 2 + length));
      pending = pending.subarray(2 + length);
      if (!bytes) return void socket.destroy();
      const head = Buffer.alloc(2);
      head.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([head, bytes]));
    }
  });
}
