import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { Broken } from "./clause.ts";

/** Opens a WebSocket for a host name, and waits for the code with which it is closed; undefined: cut off without one. */
export function holdSocket(port: number, host: string, path: string, headers: Record<string, string>): Promise<{ closed: Promise<number | undefined> }> {
  return new Promise((resolve, reject) => {
    request({
      port, path, host: "127.0.0.1", agent: false,
      headers: { host, connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": randomBytes(16).toString("base64"), ...headers },
    }).on("error", (error) => reject(new Broken(`${path}: ${error.message}`)))
      .on("response", ({ statusCode }) => reject(new Broken(`expected ${path} to be a WebSocket, got ${statusCode}`)))
      .on("upgrade", (_answer, socket, head) => {
        const closed = new Promise<number | undefined>((done) => {
          let read = head;
          const look = (): void => {
            const code = closeCode(read);
            if (code !== undefined) socket.end(() => done(code));
          };
          socket.on("data", (chunk: Buffer) => { read = Buffer.concat([read, chunk]); look(); }).on("error", () => {}).on("close", () => done(closeCode(read)));
          look();
        });
        resolve({ closed });
      }).end();
  });
}

/** The code in the first closing frame (RFC 6455, 5.2); frames of a server are not masked. */
export function closeCode(read: Buffer): number | undefined {
  for (let at = 0; at + 2 <= read.length;) {
    const short = read[at + 1]! & 0x7f;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (at + header > read.length) return undefined;
    const length = short === 126 ? read.readUInt16BE(at + 2) : short === 127 ? Number(read.readBigUInt64BE(at + 2)) : short;
    if ((read[at]! & 0x0f) === 8) return length >= 2 && at + header + 2 <= read.length ? read.readUInt16BE(at + header) : undefined;
    at += header + length;
  }
  return undefined;
}
