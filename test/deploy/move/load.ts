/** Customers at work on the source's proxy: an open loop, so that a hold is felt by everybody who comes in it. */
import { Agent, request } from "undici";
import { steadily } from "../../../drills/traffic/steadily.ts";

export interface Sent { tenant: string; kind: "write" | "read" | "file"; at: number; milliseconds: number; host: string | null; id: string | null; name: string | null; fault: string | null }

export interface Load {
  sent: Sent[];
  /** Resolves when nothing is on its way any more. May be called again. */
  stop(): Promise<void>;
}

/** `rates`: requests a second by tenant and kind. Requests leave on time, whatever the others do. */
export function startLoad(address: string, rates: readonly { tenant: string; kind: Sent["kind"]; rate: number }[]): Load {
  const agent = new Agent({
    connections: 128, pipelining: 1,
    connect: { rejectUnauthorized: false, lookup: ((_name: string, _wants: unknown, done: (error: null, found: object[]) => void) => done(null, [{ address, family: 4 }])) as never },
  });
  const sent: Sent[] = [];
  const closing = new AbortController();
  let count = 0;
  const one = async ({ tenant, kind }: { tenant: string; kind: Sent["kind"] }): Promise<void> => {
    const at = Date.now();
    const began = performance.now();
    const name = kind === "file" ? `file-${count += 1}` : null;
    const outcome: Sent = { tenant, kind, at, milliseconds: 0, host: null, id: null, name, fault: null };
    try {
      const { statusCode, headers, body } = await request(`https://${tenant}.example.com${name ? `/files/${name}` : "/orders"}`, {
        dispatcher: agent, method: kind === "read" ? "GET" : kind === "write" ? "POST" : "PUT", ...(kind === "read" ? {} : { body: name ? `content of ${name} ${"x".repeat(2000)}` : "an order" }),
      });
      const text = await body.text();
      outcome.host = String(headers["x-host"] ?? "");
      if (statusCode === 200) outcome.id = kind === "read" ? null : String((JSON.parse(text) as { id: string }).id);
      else outcome.fault = `${statusCode} ${text.slice(0, 100)}`;
    } catch (error) {
      outcome.fault = String(error);
    }
    outcome.milliseconds = performance.now() - began;
    sent.push(outcome);
  };
  const loops = rates.map((each) => steadily(each.rate, closing.signal, () => one(each)));
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    closing.abort();
    await Promise.all(loops);
    await agent.close();
  };
  return { sent, stop: () => stopped ??= stop() };
}
