/** Somebody to tell, on loopback: an HTTP server and an SMTP server that keep what they get. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Call { body: string; headers: IncomingHttpHeaders }

/** `answers`: one a call, the last one for all further calls; null: never answers. */
export async function httpServer(answers: readonly (number | null)[], headers: Record<string, string> = {}) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    calls.push({ body, headers: request.headers });
    const answer = answers[Math.min(calls.length, answers.length) - 1]!;
    if (answer !== null) response.writeHead(answer, headers).end("no");
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  return {
    calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/hidden`,
    [Symbol.asyncDispose]: async () => { server.closeAllConnections(); await new Promise((resolve) => { server.close(resolve); }); },
  };
}

/** `refusals`: how many mails it refuses for now before it takes one. */
export async function smtpServer({ user, password, refusals = 0, address = "127.0.0.1" }: { user: string; password: string; refusals?: number; address?: string }) {
  const logins: string[] = [];
  const mails: { to: string[]; text: string }[] = [];
  let left = refusals;
  const server = new SMTPServer({
    allowInsecureAuth: true, disabledCommands: ["STARTTLS"], logger: false,
    onAuth: (auth, _session, done) => logins.push(auth.username ?? "") && auth.username === user && auth.password === password ? done(null, { user }) : done(new Error("wrong password")),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (left-- > 0) return done(Object.assign(new Error("greylisted"), { responseCode: 451 }));
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => { server.listen(0, address, resolve); });
  return {
    mails, logins, port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => { server.close(resolve); }),
  };
}
