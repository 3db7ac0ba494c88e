/** A whole lab site for tests: bridge, registry and machines under a number of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeNumber } from "../../../lab/commands/place.ts";
import { openLab, type Lab } from "../../../lab/context.ts";
import { createBridge } from "../../../lab/machines/bridge.ts";
import { purge } from "../../../lab/machines/purge.ts";
import { run } from "../../../lab/machines/command.ts";
import { openMachines } from "../../../lab/machines/docker.ts";
import { containerName } from "../../../lab/machines/names.ts";
import type { Machines, MachineSpec } from "../../../lab/machines/types.ts";
import { startRegistry } from "../../../lab/registry/registry.ts";

export interface Answer {
  ok: boolean;
  output: string;
}

export interface Site {
  lab: Lab;
  machines: Machines;
  /** A machine of 2 cores, 2 GB, 10 GB disk, with defaults; `change` overrides. */
  spec(id: number, change?: Partial<MachineSpec>): MachineSpec;
  /** Runs a shell line in the machine; standard output and error together. */
  on(id: number, line: string): Promise<Answer>;
  /** Repeats until it succeeds; throws with the last output after `seconds`. */
  until(id: number, line: string, seconds?: number): Promise<string>;
  remove(): Promise<void>;
}

export async function openSite(): Promise<Site> {
  // Numbers near the top, so that `bin/lab up` in the same minute takes another; ten for each of vitest's workers, since two
  // that ask in the same second are told the same.
  const low = new Set(Array.from({ length: 190 + 10 * Number(process.env.VITEST_POOL_ID ?? 1) }, (_, index) => index + 1));
  const number = await freeNumber(low);
  const directory = mkdtempSync(join(tmpdir(), "etage-machines-"));
  const lab = openLab(directory, number, console.log);
  await createBridge(lab);
  await startRegistry(lab);
  const on = async (id: number, line: string) => attempt("docker", ["exec", containerName(lab, id), "sh", "-c", `exec 2>&1; ${line}`]);
  const site: Site = {
    lab,
    machines: await openMachines(lab),
    spec: (id, change) => ({
      id, name: `server-${id}`, ipv4: lab.subnet(10 + id), image: "docker-ce", cores: 2, memoryGigabytes: 2, diskGigabytes: 10,
      userData: "", publicKeys: [], labels: {}, ...change,
    }),
    on,
    async until(id, line, seconds = 60) {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const { ok, output } = await on(id, line);
        if (ok) return output;
        if (Date.now() > end) throw new Error(`machine ${id}: "${line}" still fails after ${seconds} s: ${output}`);
        await new Promise((done) => setTimeout(done, 100));
      }
    },
    async remove() {
      await site.machines.close();
      await purge(lab);
      lab.database.close();
      rmSync(directory, { recursive: true });
    },
  };
  return site;
}

/** Runs a program of this machine; a failure is an answer. */
export async function attempt(program: string, args: string[]): Promise<Answer> {
  try {
    return { ok: true, output: await run(program, args) };
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    return { ok: false, output: stdout || message };
  }
}

/** Whether a TCP connection from `source` to the address succeeds within a second. */
export async function reaches(address: string, port: number, source: string): Promise<boolean> {
  const { connect } = await import("node:net");
  return await new Promise((done) => {
    const socket = connect({ host: address, port, localAddress: source, timeout: 1000 });
    const end = (answer: boolean) => {
      socket.destroy();
      done(answer);
    };
    socket.once("connect", () => end(true)).once("timeout", () => end(false)).once("error", () => end(false));
  });
}
