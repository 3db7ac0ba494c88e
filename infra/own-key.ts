/** The public half of the key that this operator logs in with. */
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** Reads `$ETAGE_SSH_KEY.pub`; undefined when the variable is not set (ssh then asks the agent and its own settings). */
export function ownPublicKey(path = process.env.ETAGE_SSH_KEY): string | undefined {
  if (!path) return undefined;
  try {
    return readFileSync(`${path}.pub`, "utf8").trim();
  } catch {
    throw new pulumi.RunError(
      `ETAGE_SSH_KEY is ${path}, but ${path}.pub can't be read. Expected an OpenSSH key pair; write its public half with: ssh-keygen -y -f ${path} > ${path}.pub`,
    );
  }
}
