/** How processes go: nobody who is being served is dropped. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";
import { type Clause, json, must } from "../clause.ts";
import type { Served } from "../served.ts";
import { grace, one, type Site, two, within } from "../site.ts";
import { holdSocket } from "../socket.ts";

/** A request whose body is still coming: in flight for as long as wanted. `finish` sends the rest and resolves with the answer. */
async function holdRequest(served: Served, site: Site): Promise<{ finish(): Promise<string>; drop(): void }> {
  const socket = connect(served.port, "127.0.0.1");
  await once(socket, "connect");
  const answer = text(socket).catch(() => "");
  socket.write(`POST /login HTTP/1.1\r\nHost: ${two}.${site.domain}\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n{"email":`);
  await sleep(300);
  return {
    finish() {
      socket.write(`"a@b.example","p":"1"}`.padEnd(21));
      return Promise.race([answer, sleep(10_000, "")]);
    },
    drop: () => void socket.destroy(),
  };
}

const toldToLeave = (stream: string): boolean => /^retry: \d+$/m.test(stream) && /^event: closing$/m.test(stream);

export const leaving: readonly Clause[] = [
  {
    name: "disconnect", needs: ["access"],
    async check(site) {
      const served = await site.main();
      const answers = await Promise.all([one, two].map(async (slug) => served.open(slug, "/events", { headers: await site.as(slug) })));
      const [own, other] = answers.map((answer) => text(answer).catch(() => "cut off")) as [Promise<string>, Promise<string>];
      await site.fine(["disconnect", one]);
      must(toldToLeave(await Promise.race([own, sleep(5000, "it went on")])), "expected `disconnect` to end the tenant's streams, with `retry:` and the event `closing`");
      must(await Promise.race([other, sleep(500, "on")]) === "on", "expected `disconnect` to leave other tenants' streams alone");
      for (const answer of answers) answer.destroy();
      return "one tenant's streams come again, others go on";
    },
  },
  {
    name: "drain", needs: ["access"],
    async check(site) {
      const served = await site.start("serve");
      try {
        await served.ready();
        const { ready, live } = site.app.health;
        const events = text(await served.open(one, "/events", { headers: await site.as(one) })).catch(() => "cut off");
        const socket = await holdSocket(served.port, `${one}.${site.domain}`, "/events/socket", await site.as(one));
        const held = await holdRequest(served, site);
        await served.terminate();
        const unready = await within(3, () => served.ask(site.domain, ready).then(({ status }) => status === 503, () => false));
        must(unready, `expected ${ready} to turn 503 at SIGTERM while a request is in flight`);
        must((await served.ask(site.domain, live)).status === 200, `expected ${live} to stay 200 while it drains`);
        const late = await served.ask(two, "/");
        must(late.status === 200 && late.headers.connection === "close", `expected a request that was on its way to be served, with connection: close; got ${late.status}`);
        const stream = await Promise.race([events, sleep(5000, "it went on")]);
        must(toldToLeave(stream), "expected the stream of events to end at once, with `retry:` and the event `closing`");
        must(await Promise.race([socket.closed, sleep(5000)]) === 1012, "expected WebSockets to be closed with the code 1012");
        must(/^HTTP\/1\.1 [2-4]\d\d /.test(await held.finish()), "expected a request in flight to be answered");
        const code = await served.ended(grace + 5);
        must(code === 0, `expected it to end with 0 when nothing is in flight, got ${code ?? "nothing"}`);
        return "in flight finished, streams told, ended with 0";
      } finally {
        await served.remove();
      }
    },
  },
  {
    name: "grace", needs: ["drain"],
    async check(site) {
      const served = await site.start("serve", { DRAIN_SECONDS: "2" });
      try {
        await served.ready();
        const held = await holdRequest(served, site);
        const began = Date.now();
        await served.terminate();
        const code = await served.ended(20);
        held.drop();
        must(code === 1, `expected it to end with 1 when something had to be cut off after DRAIN_SECONDS, got ${code ?? "nothing"}`);
        must(Date.now() - began > 1500, "expected a request in flight to have DRAIN_SECONDS");
        return "cut off after DRAIN_SECONDS, and said so";
      } finally {
        await served.remove();
      }
    },
  },
  {
    name: "worker", needs: ["tenants"],
    async check(site) {
      const worker = await site.start("work");
      const workers = async () => json<{ name: string; release: string; state: string; silentSeconds: number }[]>("workers", await site.fine(["workers"]));
      try {
        let seen: Awaited<ReturnType<typeof workers>> = [];
        must(await within(30, async () => (seen = await workers()).length === 1), "expected `workers` to name the worker");
        must(seen[0]!.release === "check" && seen[0]!.silentSeconds < 60, `expected its release and its last sign of life, got ${JSON.stringify(seen[0])}`);
        await worker.terminate();
        const code = await worker.ended(grace + 5);
        must(code === 0, `expected an idle worker to end with 0 at SIGTERM, got ${code ?? "nothing"}`);
        must((await workers()).length === 0, "expected a worker that left to be gone from `workers`");
        return "seen by `workers`, left with 0";
      } finally {
        await worker.remove();
      }
    },
  },
];
