import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

export interface Answer { status: number; headers: IncomingHttpHeaders; body: Buffer; text: string; json: any }
export interface Options { method?: string; json?: unknown; body?: Buffer | Readable; headers?: Record<string, string>; agent?: Agent }

/** Sends a request to the app on `port` as if it had come for `host`; resolves when the answer begins. */
export function open(port: number, host: string, path: string, { method, json, body, headers, agent }: Options = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      port, path, agent,
      method: method ?? (json === undefined && body === undefined ? "GET" : "POST"),
      headers: { host, ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers },
    }, resolve).on("error", reject);
    if (body instanceof Readable) body.pipe(outgoing);
    else outgoing.end(json === undefined ? body : JSON.stringify(json));
  });
}

/** The same, with the whole answer. */
export async function ask(port: number, host: string, path: string, options: Options = {}): Promise<Answer> {
  const answer = await open(port, host, path, options);
  const body = await buffer(answer);
  const text = body.toString();
  const json = answer.headers["content-type"]?.startsWith("application/json") ? JSON.parse(text) : undefined;
  return { status: answer.statusCode!, headers: answer.headers, body, text, json };
}
