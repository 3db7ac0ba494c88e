/** Waits until a new host can be worked with. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { READY, sshArguments, type SshTarget } from "./docker-host-plan.ts";

export interface Patience {
  /** How long to wait at most, in milliseconds. */
  deadline: number;
  /** Pause between attempts, in milliseconds. */
  pause: number;
}

interface Attempt { output: string; errors: string }

/**
 * Runs `script` on the host as soon as its sshd admits us. What the script finds wrong ends the waiting, as does a host key
 * that isn't the pinned one; an answer that may still change does not.
 * @throws Error that names the host and says what was seen.
 */
export async function waitForHost(target: SshTarget, script: string, { deadline, pause }: Patience = { deadline: 300_000, pause: 250 }): Promise<void> {
  const end = Date.now() + deadline;
  let seen = "no answer";
  while (Date.now() < end) {
    const { output, errors } = await attempt(target, script, end - Date.now());
    if (output.includes(READY)) return;
    seen = lastLine(errors) ?? lastLine(output) ?? seen;
    if (isFinal(errors)) throw new Error(`host ${target.host} (${target.address}) is not ready: ${explain(target, errors)}`);
    await sleep(pause);
  }
  throw new Error(
    `host ${target.host} (${target.address}) was not ready after ${Math.round(deadline / 1000)} s. Last seen: ${seen}. Look at the server's console at Hetzner, then run \`pulumi up -s ${target.host}\` again; it goes on from here`,
  );
}

async function attempt(target: SshTarget, script: string, timeout: number): Promise<Attempt> {
  const ssh = spawn("ssh", sshArguments(target), { stdio: ["pipe", "pipe", "pipe"], timeout });
  let output = "";
  let errors = "";
  ssh.stdout.setEncoding("utf8").on("data", (text: string) => { output += text; });
  ssh.stderr.setEncoding("utf8").on("data", (text: string) => { errors += text; });
  // An ssh that ended before it read the script (connection refused) is told by its own words, not by the broken pipe.
  ssh.stdin.on("error", () => {}).end(script);
  return new Promise((resolve, reject) => {
    ssh.on("error", (error) => reject(new Error(`can't run ssh: ${error.message}. Install an OpenSSH client, 8.5 or newer`)));
    ssh.on("close", (code) => resolve({ output, errors: code === SCRIPT_FAULT ? `${SCRIPT_MARK}${errors}` : errors }));
  });
}

/** Exit code of the script's own findings; ssh's own trouble is 255. */
const SCRIPT_FAULT = 65;
const SCRIPT_MARK = "script: ";

const isFinal = (errors: string): boolean =>
  errors.startsWith(SCRIPT_MARK) || /Host key verification failed|Bad configuration option|no value for|invalid environment/i.test(errors);

function explain(target: SshTarget, errors: string): string {
  if (errors.startsWith(SCRIPT_MARK)) return `${lastLine(errors.slice(SCRIPT_MARK.length))}. Log in with \`ssh deploy@${target.address}\` and see /var/log/cloud-init-output.log`;
  if (/Host key verification failed/.test(errors)) {
    return `it does not hold the SSH key it was given (${target.hostKey.slice(0, 40)}…). Another machine answers at this address, or this one was rebuilt by hand; nothing was sent to it`;
  }
  return `${lastLine(errors)}. OpenSSH 8.5 or newer is needed`;
}

const lastLine = (text: string): string | undefined => text.trim().split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("Warning:")).at(-1);
