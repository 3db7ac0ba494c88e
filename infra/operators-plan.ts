/** Whose keys are admitted to hosts. Pure. */

export interface OperatorKey {
  name: string;
  /** Type and key, without comment: `ssh-ed25519 AAAA…`. */
  publicKey: string;
}

/** Name under which the key in ETAGE_SSH_KEY is kept when hosting.yaml doesn't list it. */
export const OWN_KEY = "environment";

/**
 * The operators of hosting.yaml and the key that this run logs in with. Every key once: Hetzner refuses a second one with
 * the same fingerprint, and an operator who is listed must not change the stack by setting ETAGE_SSH_KEY.
 */
export function operatorKeys(listed: readonly { name: string; publicKey: string }[], own?: string): OperatorKey[] {
  const keys = new Map<string, OperatorKey>();
  for (const { name, publicKey } of [...listed, ...(own === undefined ? [] : [{ name: OWN_KEY, publicKey: own }])]) {
    const key = withoutComment(publicKey);
    if (!keys.has(key)) keys.set(key, { name, publicKey: key });
  }
  return [...keys.values()];
}

const withoutComment = (publicKey: string): string => publicKey.trim().split(/\s+/).slice(0, 2).join(" ");
