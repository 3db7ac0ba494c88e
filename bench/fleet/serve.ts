/**
 * A process that is many hosts: each with its own address and key, its own containers, and half a round trip away in each
 * direction. Begins with the file named first; prints `ready`; answers each line of standard input with what was asked of
 * it since the last; ends with its input.
 */
import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { createInterface } from "node:readline";
import ssh2 from "ssh2";
import { readOrder, STANDBY } from "../../deploy/remote/channels.ts";
import { Input } from "./evaluate.ts";
import { Host, type HostSpec } from "./host.ts";

export interface ServeOptions {
  /** Milliseconds of a round trip. */
  delay: number;
  /** How many times as long as usual everything takes on a host. */
  pace: number;
  /** Who may log in, `ssh-ed25519 AAAA…`. */
  operator: string;
  hosts: (HostSpec & { address: string; port: number; privateKey: string })[];
}

/** `busySeconds`: how long commands ran, all hosts together. */
export interface Asked { connections: number; commands: number; busySeconds: number; processorSeconds: number }

const { delay, pace, operator, hosts } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as ServeOptions;
const admitted = ssh2.utils.parseKey(operator);
if (admitted instanceof Error) throw admitted;
let asked = { connections: 0, commands: 0, busySeconds: 0 };
let processor = process.cpuUsage();

/** A socket's other end as it looks from far away: everything comes and goes late. */
class Distant extends Duplex {
  readonly #socket: Socket;
  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on("data", (chunk) => setTimeout(() => this.push(chunk), delay / 2));
    socket.on("end", () => setTimeout(() => this.push(null), delay / 2));
    socket.on("close", () => setTimeout(() => this.destroy(), delay / 2));
    socket.on("error", () => {});
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    setTimeout(() => { if (this.#socket.writable) this.#socket.write(chunk); }, delay / 2);
    done();
  }

  override _final(done: () => void): void {
    setTimeout(() => this.#socket.end(), delay / 2);
    done();
  }

  override _destroy(_: Error | null, done: () => void): void {
    setTimeout(() => this.#socket.destroy(), delay / 2);
    done();
  }
}

function serve(spec: ServeOptions["hosts"][number]): Promise<void> {
  const host = new Host(spec, pace);
  const server = new ssh2.Server({ hostKeys: [spec.privateKey] }, (client) => {
    asked.connections += 1;
    client.on("error", () => {});
    client.on("authentication", (context) => {
      const ours = context.method === "publickey" && context.key.data.equals(admitted instanceof Error ? Buffer.alloc(0) : admitted.getPublicSSH());
      if (!ours || context.method !== "publickey") return context.reject(["publickey"]);
      // The first question is only whether the key would do.
      if (!context.signature || (!(admitted instanceof Error) && admitted.verify(context.blob!, context.signature, context.hashAlgo) === true)) context.accept();
      else context.reject();
    });
    client.on("session", (accept) => {
      accept().on("exec", (agree, _, { command }) => {
        const channel = agree();
        let began = performance.now();
        const sent = new Promise<string>((resolve) => {
          let text = "";
          channel.on("data", (chunk: Buffer) => { text += chunk; });
          channel.on("end", () => resolve(text));
        });
        const end = (code: number): void => {
          asked.busySeconds += (performance.now() - began) / 1000;
          channel.exit(code);
          channel.end();
        };
        const run = async (text: string, input: Input): Promise<number> => {
          asked.commands += 1;
          began = performance.now();
          return host.run(text, { input, out: (part) => channel.write(part), err: (part) => channel.stderr.write(part) });
        };
        const ran = command === STANDBY ? sent.then((text) => {
          if (text === "") return 255; // never needed
          const { order, rest } = readOrder(text);
          return run(order, Input.of(rest));
        }) : run(command, new Input(sent));
        ran.then(end, (error: Error) => {
          console.error(error.message);
          channel.stderr.write(`${error.message}\n`);
          end(127);
        });
      });
    });
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    // TCP's own round trip.
    setTimeout(() => server.injectSocket(new Distant(socket) as unknown as Socket), delay);
  });
  return new Promise((resolve, reject) => listener.on("error", reject).listen(spec.port, spec.address, () => resolve()));
}

await Promise.all(hosts.map(serve));
console.log("ready");
for await (const _ of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage(processor);
  console.log(JSON.stringify({ ...asked, processorSeconds: (user + system) / 1e6 } satisfies Asked));
  asked = { connections: 0, commands: 0, busySeconds: 0 };
  processor = process.cpuUsage();
}
process.exit(0);
