import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCode, UserError } from "../errors.ts";
import type { Outputs } from "../../model/outputs.ts";
import type { Arguments, Handler } from "./verb.ts";

/** The system's own ssh, for its terminal, agent and settings; only the host's key is not left to it. */
export const ssh: Handler = async (context, args) => {
  const { name } = context.host(String(args.host));
  const outputs = await context.outputs(name);
  const folder = mkdtempSync(join(tmpdir(), "etage-ssh-"));
  try {
    const known = join(folder, "known_hosts");
    writeFileSync(known, `${outputs.address} ${outputs.hostKey}\n`, { mode: 0o600 });
    return await run(sshCommand(outputs, known, context.environment.sshKey, words(args)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const words = (args: Arguments): string[] => [args.words, args["--"]].flatMap((part) => (part as (string | number)[] | undefined) ?? []).map(String);

export const sshCommand = ({ address, user }: Pick<Outputs, "address" | "user">, knownHosts: string, key: string | undefined, words: readonly string[]): string[] => [
  "ssh", "-o", `UserKnownHostsFile=${knownHosts}`, "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR",
  "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3",
  ...(key ? ["-i", key, "-o", "IdentitiesOnly=yes"] : []), `${user}@${address}`, ...(words.length > 0 ? ["--", ...words] : []),
];

function run([program, ...words]: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, words, { stdio: "inherit" });
    child.on("error", () => reject(new UserError("there is no ssh on the PATH", { hint: "bin/setup installs it", code: exitCode.usage })));
    child.on("close", (code) => resolve(code ?? exitCode.failed));
  });
}
