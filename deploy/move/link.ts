/** Opens, checks and closes the link of the two hosts of a move. */
import type { Outputs } from "../../model/outputs.ts";
import { UserError } from "../errors.ts";
import { admissionInput, admitLink, type LinkPorts, linkPorts, parsePrepared, prepareLink, startLink } from "../host/link.ts";
import { checkLink, closeLink } from "../host/link-state.ts";
import { mustRun, type Runner } from "../remote/runner.ts";

export interface LinkedHost {
  runner: Runner;
  outputs: Pick<Outputs, "host" | "user" | "privateAddress" | "hostKey" | "dataPath" | "network" | "database">;
}

/** How one host's containers reach the other host. */
export interface LinkSide {
  /** Of this host's Docker network. */
  gateway: string;
  /** The other host's PostgreSQL: at `gateway`. */
  databasePort: number;
  /** The other host's app as its proxy serves it, `gateway:port`: a target for this host's proxy. */
  app: string;
}
export interface Link { source: LinkSide; target: LinkSide; ports: LinkPorts }

const ASSUMED = "ssh-ed25519 KEY\n172.18.0.1\n";

/**
 * Both directions, so that the way back needs nothing new. May be called again at any time: what stands is left alone.
 * `appPort`: the port that the app listens on.
 * @throws UserError when the hosts do not reach each other.
 */
export async function openLink(slug: string, hosts: { source: LinkedHost; target: LinkedHost }, appPort: number): Promise<Link> {
  const { source, target } = hosts;
  const ends = [{ near: source, far: target }, { near: target, far: source }] as const;
  const prepared = await Promise.all(ends.map(async ({ near }) =>
    parsePrepared(await mustRun(near.runner, "preparing the link", prepareLink(slug, near.outputs.network), { assume: ASSUMED }))));
  const ports = linkPorts(slug, prepared.map((one) => one.ports));
  await Promise.all(ends.map(({ near }, at) => mustRun(near.runner, "letting the other host in", admitLink({
    slug, user: near.outputs.user, publicKey: prepared[1 - at]!.publicKey, dataPath: near.outputs.dataPath, network: near.outputs.network, port: appPort,
  }), { stdin: admissionInput() })));
  await Promise.all(ends.map(({ near, far: { outputs } }, at) => mustRun(near.runner, "opening the link", startLink(slug, prepared[at]!.gateway, {
    host: outputs.host, user: outputs.user, address: outputs.privateAddress, hostKey: outputs.hostKey,
  }, appPort, ports))));
  const side = (gateway: string): LinkSide => ({ gateway, databasePort: ports.database, app: `${gateway}:${ports.app}` });
  const link = { source: side(prepared[0]!.gateway), target: side(prepared[1]!.gateway), ports };
  await requireLink(slug, hosts, link, null);
  return link;
}

/** `ready`: the app's ready path, asked on both hosts; null while the target has no release. @throws UserError when it does not carry. */
export async function requireLink(slug: string, { source, target }: { source: LinkedHost; target: LinkedHost }, link: Link, ready: string | null): Promise<void> {
  await Promise.all(([[source, link.source, target], [target, link.target, source]] as const).map(async ([near, { gateway }, far]) => {
    const { code, stdout, stderr } = await near.runner.run(checkLink(slug, gateway, link.ports, ready), { assume: "carries\n", timeout: 180_000 });
    if (code !== 0) {
      throw new UserError(`${near.outputs.host} does not reach ${far.outputs.host} through their link: ${(stdout.trim() || stderr.trim()).split("\n").join("; ")}`, {
        hint: `they talk by SSH over the private network: ${far.outputs.user}@${far.outputs.privateAddress}`,
      });
    }
  }));
}

/** Takes one host's part away; nothing there is no fault. Both hosts' parts are independent: one may be dead. */
export async function closeLinkOn(slug: string, { runner, outputs }: LinkedHost): Promise<void> {
  await mustRun(runner, "closing the link", closeLink(slug, outputs.user));
}
