/**
 * What happened to a tenant's data, told to whoever listens. Each event is kept for a while in a Redis stream, so that a
 * reader who was sent to another container, or lost its connection, misses nothing: it names the last one it knows of.
 */
import type { Redis } from "ioredis";

/** `id` is Redis's own (milliseconds and a number); `data` is JSON in one line. */
export interface Event { id: string; data: string }

export interface Reader {
  /** Reading has begun, after the event `id`. */
  begin(id: string): void;
  hear(event: Event): void;
  /** The tenant is served elsewhere from now on: end it, so that it comes again there. */
  leave(): void;
}

export interface Hub {
  /** Tells a tenant's readers, in every container. Without Redis nobody is told. */
  publish(tenant: string, data: object): Promise<void>;
  /** Tells the reader every event after the one with the id `after` (absent: from now on), until the returned function is called. */
  follow(tenant: string, after: string | undefined, reader: Reader): () => void;
  /** Ends the streams of a tenant in every container on this Redis. Throws when Redis is away. */
  disconnect(tenant: string): Promise<void>;
  /** How many listen in this container, by tenant. */
  readers(): [tenant: string, count: number][];
  close(): void;
}

const kept = 1000;
/** Instead of an event; those begin with an id. */
const leaving = "leave";
const streamOf = (tenant: string) => `events:${tenant}`;

export function openHub(redis: Redis): Hub {
  /** Who listens, by stream. */
  const listeners = new Map<string, Set<Pick<Reader, "hear" | "leave">>>();
  let connection: Redis | undefined;

  /** A connection that subscribes can do nothing else. Made for the first reader: a quiet platform never needs it. */
  function subscriber(): Redis {
    if (connection) return connection;
    connection = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined });
    connection.on("error", () => { /* The other connection has said so. */ });
    connection.on("message", (stream: string, message: string) => {
      const readers = [...listeners.get(stream) ?? []];
      if (message === leaving) return readers.forEach((reader) => reader.leave());
      const [id = "", data = ""] = message.split(/ (.*)/s, 2);
      for (const reader of readers) reader.hear({ id, data });
    });
    return connection;
  }

  async function start(stream: string, after: string | undefined, reader: Reader, waiting: Event[]): Promise<(event: Event) => void> {
    await subscriber().subscribe(stream);
    let last = after ?? (await redis.xrevrange(stream, "+", "-", "COUNT", 1))[0]?.[0] ?? "0-0";
    const missed = (await redis.xrange(stream, `(${last}`, "+")).map(([id, [, data = ""]]) => ({ id, data }));
    const tell = (event: Event) => {
      if (!later(event.id, last)) return;
      last = event.id;
      reader.hear(event);
    };
    reader.begin(last);
    // What came in meanwhile may be among what was missed; it is told once.
    [...missed, ...waiting].forEach(tell);
    return tell;
  }

  return {
    async publish(tenant, data) {
      const stream = streamOf(tenant);
      const text = JSON.stringify(data);
      try {
        const id = await redis.xadd(stream, "MAXLEN", "~", kept, "*", "data", text);
        await redis.multi().publish(stream, `${id} ${text}`).expire(stream, 24 * 3600).exec();
      } catch { /* Said when the connection broke. */ }
    },
    follow(tenant, after, reader) {
      const stream = streamOf(tenant);
      const waiting: Event[] = [];
      let tell = (event: Event): void => void waiting.push(event);
      const listener = { hear: (event: Event) => tell(event), leave: () => reader.leave() };
      const others = listeners.get(stream) ?? new Set();
      listeners.set(stream, others.add(listener));
      // Without Redis: a quiet stream, until the reader comes again.
      start(stream, after, reader, waiting).then((started) => (tell = started), () => {});
      return () => {
        others.delete(listener);
        if (others.size > 0 || listeners.get(stream) !== others) return;
        listeners.delete(stream);
        connection?.unsubscribe(stream).catch(() => {});
      };
    },
    disconnect: async (tenant) => void await redis.publish(streamOf(tenant), leaving),
    readers: () => [...listeners].map(([stream, all]) => [stream.slice(streamOf("").length), all.size]),
    close: () => connection?.disconnect(),
  };
}

/** Whether the stream id `a` comes after `b`. */
export function later(a: string, b: string): boolean {
  const [timeA = 0, numberA = 0] = a.split("-").map(Number);
  const [timeB = 0, numberB = 0] = b.split("-").map(Number);
  return timeA > timeB || (timeA === timeB && numberA > numberB);
}
