/** What the operator's environment says, read once and in one place. */
import { hostname, userInfo } from "node:os";

export interface Environment {
  /** Private key file (ETAGE_SSH_KEY). */
  sshKey: string | undefined;
  sshAgent: string | undefined;
  /** DNS server for the public check, `address` or `address:port` (ETAGE_RESOLVER). */
  resolver: string | undefined;
  /** Replaces the registry of the app's image (ETAGE_REGISTRY). */
  registry: string | undefined;
  /** Where the journal is (ETAGE_STATE). */
  state: string | undefined;
  /** Where Pulumi keeps stacks, when the environment says so (PULUMI_BACKEND_URL). */
  pulumiBackend: string | undefined;
  /** Hetzner's API, when there is a token for it (HCLOUD_TOKEN, HCLOUD_ENDPOINT). */
  hetzner: { endpoint: string; token: string } | undefined;
  /** Who does this: ETAGE_OPERATOR, else the login name. */
  operator: string;
  machine: string;
}

export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const given = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const token = given("HCLOUD_TOKEN");
  return {
    hetzner: token === undefined ? undefined : { endpoint: given("HCLOUD_ENDPOINT") ?? "https://api.hetzner.cloud/v1", token },
    sshKey: given("ETAGE_SSH_KEY"), sshAgent: given("SSH_AUTH_SOCK"), resolver: given("ETAGE_RESOLVER"), registry: given("ETAGE_REGISTRY"),
    state: given("ETAGE_STATE"), pulumiBackend: given("PULUMI_BACKEND_URL"), operator: given("ETAGE_OPERATOR") ?? userInfo().username, machine: hostname(),
  };
}
