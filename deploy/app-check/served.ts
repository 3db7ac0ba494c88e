import type { IncomingMessage } from "node:http";
import { mustRun } from "../remote/runner.ts";
import { type Answer, ask, open, type Question } from "./ask.ts";
import { Broken, excerpt, must } from "./clause.ts";
import { type Site, within } from "./site.ts";

/** A running process of the image. */
export class Served {
  readonly site: Site;
  readonly name: string;
  #port = 0;
  constructor(site: Site, name: string) {
    this.site = site;
    this.name = name;
  }

  get port(): number { return this.#port; }

  /** Waits until it takes connections, then knows its port. */
  async listens(): Promise<void> {
    const { app } = this.site;
    const up = await within(60, async () => {
      if (!await this.alive()) throw new Broken(`expected \`serve\` to go on, but it ended: ${excerpt(await this.log())}`);
      this.#port = await this.published(app.port);
      return this.ask(this.site.domain, app.health.live).then(() => true, () => false);
    });
    must(up, `expected an answer on port ${app.port} (PORT) within 60 s: ${excerpt(await this.log())}`);
  }

  async ready(): Promise<void> {
    const { ready } = this.site.app.health;
    let last = "";
    const up = await within(60, async () => {
      const { status, text } = await this.ask(this.site.domain, ready);
      last = `${status} ${text}`;
      return status === 200;
    });
    must(up, `expected ${ready} to answer 200 within 60 s, got ${excerpt(last)}`);
  }

  /** Where a port of the container is on this machine. */
  async published(port: number): Promise<number> {
    const { stdout } = await this.site.run(["docker", "port", this.name, `${port}/tcp`]);
    return Number(stdout.trim().split("\n")[0]?.split(":").at(-1));
  }

  /** `host`: a slug, or a whole name. */
  ask(host: string, path: string, question?: Question): Promise<Answer> {
    return ask(this.#port, this.#full(host), path, question);
  }

  open(host: string, path: string, question?: Question): Promise<IncomingMessage> {
    return open(this.#port, this.#full(host), path, question);
  }

  #full(host: string): string {
    return host.includes(".") ? host : `${host}.${this.site.domain}`;
  }

  async alive(): Promise<boolean> {
    return (await this.site.run(["docker", "inspect", "--format", "{{.State.Running}}", this.name])).stdout.trim() === "true";
  }

  terminate(): Promise<string> {
    return mustRun(this.site.options.runner, "SIGTERM", ["docker", "kill", "--signal", "TERM", this.name]);
  }

  /** Its exit code; undefined when it still runs after that time. */
  async ended(seconds: number): Promise<number | undefined> {
    if (!await within(seconds, async () => !await this.alive())) return undefined;
    return Number((await this.site.run(["docker", "inspect", "--format", "{{.State.ExitCode}}", this.name])).stdout);
  }

  /** Standard output, or both. */
  async log(): Promise<string> {
    const { stdout, stderr } = await this.site.run(["docker", "logs", this.name]);
    return stdout + stderr;
  }

  async output(): Promise<string> {
    return (await this.site.run(["docker", "logs", this.name])).stdout;
  }

  async remove(): Promise<void> {
    await this.site.run(["docker", "rm", "--force", "--volumes", this.name]);
  }
}
