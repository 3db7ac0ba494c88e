/** Requests as the proxy would send them: to the container's port, with the host name of a customer. */
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { Broken } from "./clause.ts";

export interface Answer { status: number; headers: IncomingHttpHeaders; text: string }
export interface Question { headers?: Record<string, string>; method?: string }

const patience = 10_000;

/** Resolves when the answer begins. Throws Broken when none does. */
export function open(port: number, host: string, path: string, { headers = {}, method = "GET" }: Question = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(patience);
    // Of the beginning only: streams go on.
    const outgoing = request({ port, host: "127.0.0.1", path, method, headers: { host, ...headers }, agent: false });
    const giveUp = (): void => void outgoing.destroy(new Error(`no answer within ${patience / 1000} s`));
    late.addEventListener("abort", giveUp);
    outgoing.on("response", (answer) => {
      late.removeEventListener("abort", giveUp);
      resolve(answer);
    }).on("error", (error) => reject(new Broken(`${method} ${path} for ${host}: ${error.message}`))).end();
  });
}

/** The same, with the whole answer. */
export async function ask(port: number, host: string, path: string, question: Question = {}): Promise<Answer> {
  const answer = await open(port, host, path, question);
  return { status: answer.statusCode!, headers: answer.headers, text: await text(answer) };
}
