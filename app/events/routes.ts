/** A tenant's events as a stream: Server-Sent Events at /events, a WebSocket at /events/socket. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { PassThrough } from "node:stream";
import { z } from "zod";
import type { Services } from "../http/services.ts";
import { tenantOf } from "../http/tenant.ts";
import { parse } from "../resources/input.ts";

const eventId = z.string().regex(/^\d{1,15}(-\d{1,10})?$/, "expected the id of an event");
const query = z.strictObject({ after: eventId.optional() });

/** Proxies cut a connection on which nothing is said. */
const breath = 15_000;
/** Bytes that may wait for a slow reader; beyond that it is cut off, and comes again where it was. */
const mostUnread = 1_000_000;
/** How soon a reader should come again, in milliseconds. */
const again = 100;
/** How long a WebSocket's reader may take to agree to its end. */
const farewell = 1000;

export function eventRoutes(app: FastifyInstance, { events, drain }: Services): void {
  app.get("/events", { exposeHeadRoute: false, config: { stream: true } }, async (request, reply) => {
    const tenant = tenantOf(request).slug;
    const stream = new PassThrough();
    const write = (lines: string) => {
      if (stream.writableLength > mostUnread) stream.destroy();
      else if (!stream.writableEnded) stream.write(`${lines}\n\n`);
    };
    const leave = () => {
      write(`retry: ${again}\nevent: closing\ndata: {"reason":"service restart"}`);
      stream.end();
    };
    const stop = events.follow(tenant, afterOf(request), {
      begin: (id) => write(`id: ${id}\nevent: begin\ndata: {}`),
      hear: ({ id, data }) => write(`id: ${id}\ndata: ${data}`),
      leave,
    });
    const timer = setInterval(() => write(": still here"), breath);
    const stay = drain.onLeaving(leave);
    stream.once("close", () => {
      stop();
      clearInterval(timer);
      stay();
    });
    reply.headers({ "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    // Something must be said at once, or the headers wait for the first event.
    write(`retry: ${again}`);
    return reply.send(stream);
  });

  // What is wrong with the address must be said before the connection is a WebSocket.
  const check = async (request: FastifyRequest) => void [tenantOf(request), afterOf(request)];
  app.get("/events/socket", { websocket: true, preValidation: check, config: { stream: true } }, (socket, request) => {
    const write = (message: string) => {
      if (socket.bufferedAmount > mostUnread) socket.terminate();
      else socket.send(message);
    };
    const leave = () => {
      socket.close(1012, "service restart");
      setTimeout(() => socket.terminate(), farewell).unref();
    };
    const stop = events.follow(tenantOf(request).slug, afterOf(request), {
      begin: (id) => write(`{"id":"${id}","event":"begin"}`),
      hear: ({ id, data }) => write(`{"id":"${id}","data":${data}}`),
      leave,
    });
    const timer = setInterval(() => socket.ping(), breath);
    const stay = drain.onLeaving(leave);
    socket.once("close", () => {
      stop();
      clearInterval(timer);
      stay();
    });
  });
}

/** The last event that a reader knows of: a browser says it in a header when it comes again, a WebSocket in its address. */
function afterOf(request: FastifyRequest): string | undefined {
  const header = request.headers["last-event-id"];
  return header === undefined ? parse(query, request.query).after : parse(eventId, header);
}
