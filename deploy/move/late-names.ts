/** Names that DNS still leads to a host that was left. Until `finish` it passes on what comes by them. */

/** In their order. `address`: of that host. A name behind an edge has the edge's addresses, and one that is not found leads nowhere: neither says anything. */
export async function lateNames(hostnames: readonly string[], address: string, resolve: (hostname: string) => Promise<readonly string[]>): Promise<string[]> {
  const found = await Promise.all(hostnames.map(async (hostname) => (await resolve(hostname).catch((): readonly string[] => [])).includes(address)));
  return hostnames.filter((_, at) => found[at]);
}
