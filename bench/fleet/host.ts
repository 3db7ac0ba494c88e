/**
 * One simulated host: which containers, images and lock it has, and what the programs that `deploy` runs there do to them.
 * A load generator and no test of hosts: scripts are known by their names and answered as a healthy host would.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { LABEL } from "../../deploy/host/docker.ts";
import { formatProbe } from "../../deploy/host/gate.ts";
import type { LockOwner } from "../../deploy/host/lock.ts";
import { TENANTS } from "../../deploy/host/paths.ts";
import { evaluate, type Program, type Shell, type Streams } from "./evaluate.ts";

/** What a host has when the benchmark begins. */
export interface HostSpec {
  name: string;
  services: string[];
  /** Host names of its certificate and routes, and whose each is. */
  routes: string[];
  tenants: Record<string, string>;
  /** SHA-256 of each secret file. */
  files: Record<string, string>;
  tenantsSum: string;
  release: { version: string; digest: string; since: string; settings: string };
}

/** Seconds that a host takes for each on two busy cores, with the app of this repository. */
const TAKES = { pull: 1.5, task: 0.8, start: 0.4, boot: 0.7, switch: 0.15, stop: 0.25, look: 0.12, ask: 0.03, tidy: 0.15 } as const;

interface Container { name: string; status: string; labels: Record<string, string> }

export class Host implements Shell {
  readonly spec: HostSpec;
  readonly #pace: number;
  readonly #containers = new Map<string, Container>();
  readonly #images = new Set<string>();
  readonly #log: string[] = [];
  #target: string;
  #tenants: string;
  #lock: LockOwner | undefined;
  #generation = 0;

  /** `pace`: how many times as long as usual everything takes. */
  constructor(spec: HostSpec, pace = 1) {
    this.spec = spec;
    this.#pace = pace;
    const { version, digest, since, settings } = spec.release;
    this.#target = `app-${version}-000000`;
    this.#tenants = spec.tenantsSum;
    this.#containers.set(this.#target, {
      name: this.#target, status: "running",
      labels: { [LABEL.role]: "app", [LABEL.release]: version, [LABEL.digest]: digest, [LABEL.since]: since, [LABEL.settings]: settings },
    });
    this.#log.push(JSON.stringify({ version, digest, at: since, by: "bench", operation: "bench", verb: "update", outcome: "serving" }));
  }

  /** Resolves with the exit code. */
  run(text: string, streams: Streams): Promise<number> {
    return evaluate(text, this, streams);
  }

  program(name: string): Program | undefined {
    return this.#programs[name];
  }

  readonly #programs: Record<string, Program> = {
    true: () => 0,
    may: () => 0,
    began: ([name], { out, err }) => mark(`\u001e<${name} ${Date.now()}\n`, out, err),
    ended: ([code], { out, err }) => mark(`\n\u001e>${code} ${Date.now()}\n`, out, err),
    denied: ([name, code], { out }) => mark(`\u001e!${name} ${code}\n`, out),
    echo: (words, { out }) => mark(`${words.join(" ")}\n`, out),
    printf: ([format = "", ...values], { out }) => mark(format.replace(/\\036/g, "\u001e").replace(/\\n/g, "\n").replace(/%s/g, () => values.shift() ?? ""), out),
    date: (_, { out }) => mark(`${Math.floor(Date.now() / 1000)}\n`, out),
    cat: async ([path], { input, out }) => mark(path === undefined ? await input.read() : path === TENANTS ? this.#tenants : "", out),
    head: async ([, most], { input, out }) => mark(await input.read(Number(most)), out),
    install: () => 0,
    sudo: ([, name = "", ...words], streams) => this.#find(name)(words, streams),
    sh: ([, , name = "", ...words], streams) => this.#script(name)(words, streams),
    docker: ([verb = "", ...words], streams) => this.#docker(verb, words, streams),
  };

  #find(name: string): Program {
    const found = this.#programs[name];
    if (!found) throw new Error(`a simulated host has no program ${name}`);
    return found;
  }

  #script(name: string): Program {
    const found = this.#scripts[name];
    if (!found) throw new Error(`a simulated host does not know the script ${name}`);
    return found;
  }

  readonly #scripts: Record<string, Program> = {
    together: async (parts, { input, out, err }) => {
      await Promise.all(parts.filter((_, index) => index % 2 === 0).map(async (name, index) => {
        let said = "";
        const code = await this.run(parts[2 * index + 1]!, { input, out: (text) => { said += text; }, err });
        mark(`\u001e<${name}\n${said}\n\u001e>${code}\n`, out);
      }));
      return 0;
    },
    boot: (_, { out }) => mark("{}", out),
    containers: async (_, { out }) => {
      await this.#take(TAKES.look);
      const lines = [...this.spec.services.map((name) => ({ name: `/${name}`, status: "running", health: "healthy", labels: {} })), ...[...this.#containers.values()].map((one) => ({ ...one, name: `/${one.name}`, health: null }))];
      return mark(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), out);
    },
    routes: (_, { out }) => mark(`Service Host Path Target State TLS\napp ${this.spec.routes.join(",")} / ${this.#target}:3000 running yes\n`, out),
    traffic: () => 0,
    "move-marks": () => 0,
    "backup-state": () => 0,
    disks: ([docker, data], { out }) => mark(["/", docker, data].map((path) => `/dev/sda1 ${80e9} ${20e9} ${60e9} 25% ${path}\n`).join(""), out),
    checksums: (paths, { out }) => mark(paths.filter((path) => this.spec.files[path]).map((path) => `${this.spec.files[path]}  ${path}\n`).join(""), out),
    "release-log": (_, { out }) => mark(`${this.#log.join("\n")}\n`, out),
    dumps: ([folder], { out }) => mark(`${Math.floor(Date.now() / 1000) - 3600}.0 250000000 ${folder}/app-2026-01-01T00-00-00Z.dump\n`, out),
    load: (_, { out }) => mark("0.20 0.10 0.05 1/200 1000\n2\nMemTotal: 4000000 kB\nMemAvailable: 2500000 kB\n", out),
    "lock-seen": (_, { out }) => mark(this.#lock ? "held 1\n" : `${this.#generation}\n`, out),
    stands: ([, generation, until], { out }) => (Number(generation) === this.#generation && Date.now() / 1000 <= Number(until) ? mark("unchanged\n", out) : 1),
    lock: ([, , owner = "{}"], { out }) => {
      this.#lock = JSON.parse(owner) as LockOwner;
      this.#generation += 1;
      return mark("taken\n", out);
    },
    heartbeat: ([, operation]) => (this.#lock?.operation === operation ? 0 : 1),
    unlock: () => {
      this.#lock = undefined;
      return 0;
    },
    stop: () => 0,
    settle: () => 0,
    limited: ([, name = "", ...words], streams) => this.#find(name)(words, streams),
    "note-tenants": ([, sum = ""]) => {
      this.#tenants = sum;
      return 0;
    },
    "gate-inside": async (_, { out }) => mark(`passed ${await this.#rounds(2, TAKES.boot)}\n`, out),
    steady: async (words, { out }) => {
      await this.#take(Number(words[7]) / 1000);
      return mark("steady 5\n", out);
    },
    "gate-outside": async ([rounds], { input, out }) => {
      const names = [...(await input.read()).matchAll(/^url = "https:\/\/([^/"]+)/gm)].map(([, hostname]) => hostname!);
      await this.#rounds(Number(rounds), names.length * TAKES.ask);
      const release = this.#containers.get(this.#target)?.labels[LABEL.release] ?? "none";
      const expected = names.map((hostname) => ({ hostname, tenant: this.spec.tenants[hostname] ?? "", suspended: false, certified: true }));
      return mark(formatProbe(expected, release, Number(rounds)), out);
    },
    remove: async ([, ...names]) => {
      await this.#take(TAKES.tidy);
      for (const name of names) this.#containers.delete(name);
      return 0;
    },
    "prune-images": () => 0,
    record: ([, , line = ""]) => {
      this.#log.push(line);
      return 0;
    },
  };

  #take(seconds: number): Promise<void> {
    return sleep(seconds * 1000 * this.#pace);
  }

  async #rounds(count: number, seconds: number): Promise<number> {
    await this.#take(seconds + (count - 1) * 0.1);
    return count;
  }

  async #docker(verb: string, words: string[], { input, out }: Streams): Promise<number> {
    const last = words.at(-1) ?? "";
    switch (verb) {
      case "image": return this.#images.has(last) ? 0 : 1;
      case "pull":
        await this.#take(TAKES.pull);
        this.#images.add(last);
        return 0;
      case "tag": return 0;
      case "run":
        if (words.includes("--rm")) {
          if (words.includes("--interactive")) await input.read();
          await this.#take(TAKES.task);
          return 0;
        }
        await this.#take(TAKES.start);
        this.#add(words);
        return mark(`${"0".repeat(64)}\n`, out);
      case "create":
        this.#add(words);
        return 0;
      case "stop":
      case "start": {
        await this.#take(verb === "stop" ? TAKES.stop : TAKES.start);
        const container = this.#containers.get(last);
        if (container) container.status = verb === "stop" ? "exited" : "running";
        return container ? 0 : 1;
      }
      case "exec": return this.#proxy(words.slice(words.indexOf("kamal-proxy") + 1));
      default: throw new Error(`a simulated host does not know docker ${verb}`);
    }
  }

  #add(words: readonly string[]): void {
    const name = words[words.indexOf("--name") + 1]!;
    const labels = words.filter((_, at) => words[at - 1] === "--label").map((label) => label.split(/=(.*)/s).slice(0, 2) as [string, string]);
    this.#containers.set(name, { name, status: "running", labels: Object.fromEntries(labels) });
  }

  async #proxy(words: readonly string[]): Promise<number> {
    if (words[0] !== "deploy") return 0;
    await this.#take(TAKES.switch);
    this.#target = words[words.indexOf("--target") + 1]!.replace(/:\d+$/, "");
    return 0;
  }
}

/** Prints; the exit code is 0. */
function mark(text: string, out: (text: string) => void, err?: (text: string) => void): number {
  out(text);
  err?.(text);
  return 0;
}
