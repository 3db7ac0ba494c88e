// What makes a broken release broken. Which fault: baked into the image (FAULT), or told at any moment by a file beside
// the uploads, so that a drill can let a release go bad in the middle of a step.
import { readFileSync } from "node:fs";
import { Server } from "node:http";
import { Server as Socket } from "node:net";

/** Milliseconds of the flapping release's turns: well for a while, then not. */
const turn = 1500;
/** Later than a gate waits. */
const slowSeconds = Number(process.env.FAULT_SECONDS ?? 15);

function fault() {
  try {
    return readFileSync(`${process.env.UPLOADS_PATH}/.fault`, "utf8").trim();
  } catch {
    return process.env.FAULT;
  }
}

const health = (request) => request.url?.startsWith("/health/");
const byAddress = (request) => /^[\d.:]+$/.test(request.headers.host ?? "");

const wrong = {
  unready: (request) => health(request),
  // Only customers notice: asked by its address, it is well.
  errors: (request) => !health(request) && !byAddress(request),
  flapping: () => Date.now() % turn > turn / 2,
};

function spoil() {
  const emit = Server.prototype.emit;
  Server.prototype.emit = function (event, request, response, ...rest) {
    if (event === "request" && wrong[fault()]?.(request)) {
      response.writeHead(500, { "content-type": "application/json" }).end('{"status":"broken","detail":"this release is broken on purpose"}');
      return true;
    }
    return emit.call(this, event, request, response, ...rest);
  };

  const listen = Socket.prototype.listen;
  Socket.prototype.listen = function (...where) {
    if (fault() === "slow-start") setTimeout(() => listen.apply(this, where), slowSeconds * 1000);
    else listen.apply(this, where);
    return this;
  };

  const eaten = [];
  setInterval(() => {
    if (fault() === "memory") for (let bites = 0; bites < 4; bites += 1) eaten.push(Buffer.alloc(16e6, 1));
  }, 50).unref();
}

// The image's other commands (migrate, tenants, …) are sound.
if (process.argv[2] === "serve") spoil();
