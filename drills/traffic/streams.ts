/** Readers of a customer's events, as a browser's EventSource and WebSocket are: told to come again, they do; cut off without a word, that is a failure. */
import { EventSource, WebSocket } from "undici";
import type { Line } from "./ask.ts";
import type { Target } from "./road.ts";

export interface Reader {
  name: string;
  /** Paths of changes that it was told of. */
  heard: Set<string>;
  /** Resolves when it listens for the first time. */
  begun: Promise<void>;
  close(): void;
}

/** What a reader that was told to come again may take until it listens once more. */
const patience = 5_000;

function reader(name: string, { tally }: Line, { slug }: Target) {
  const heard = new Set<string>();
  const begun = Promise.withResolvers<void>();
  let late: NodeJS.Timeout | undefined;
  let closed = false;
  return {
    begun,
    get closed() { return closed; },
    listening(): void {
      clearTimeout(late);
      begun.resolve();
    },
    lost(announced: boolean, how: string): void {
      if (closed) return;
      if (!announced) tally.fail(slug, `${name}: ${how}`);
      clearTimeout(late);
      late = setTimeout(() => tally.fail(slug, `${name}: could not come again for ${patience / 1000} s`), patience);
    },
    tell(data: { path?: string }): void {
      if (data.path) heard.add(data.path);
    },
    public: (end: () => void): Reader => ({ name, heard, begun: begun.promise, close: () => { closed = true; clearTimeout(late); end(); } }),
  };
}

export function holdEvents(line: Line, target: Target): Reader {
  const state = reader("GET /events", line, target);
  let source: EventSource;
  let last = "";
  const open = (): void => {
    let announced = false;
    source = new EventSource(`https://${target.hostname}/events${last ? `?after=${last}` : ""}`, { dispatcher: line.road });
    source.addEventListener("begin", (event) => { last = (event as MessageEvent).lastEventId; announced = false; state.listening(); });
    source.addEventListener("closing", () => { announced = true; });
    source.addEventListener("message", (event) => { last = event.lastEventId; state.tell(JSON.parse(event.data)); });
    source.addEventListener("error", () => {
      state.lost(announced, "cut off without a word");
      // It comes again by itself, unless the answer was no stream.
      if (source.readyState === EventSource.CLOSED && !state.closed) setTimeout(open, 100);
    });
  };
  open();
  return state.public(() => source.close());
}

export function holdSocket(line: Line, target: Target): Reader {
  const state = reader("WebSocket /events/socket", line, target);
  let socket: WebSocket;
  let last = "";
  const open = (): void => {
    socket = new WebSocket(`wss://${target.hostname}/events/socket${last ? `?after=${last}` : ""}`, { dispatcher: line.road });
    socket.addEventListener("message", ({ data }) => {
      const { id, event, data: change } = JSON.parse(String(data)) as { id: string; event?: string; data?: { path?: string } };
      last = id;
      if (event === "begin") state.listening();
      else state.tell(change ?? {});
    });
    socket.addEventListener("close", ({ code }) => {
      // 1012: service restart.
      state.lost(code === 1012, `closed with ${code}`);
      if (!state.closed) setTimeout(open, 100);
    });
  };
  open();
  return state.public(() => socket.close());
}
