/** How the same is usually done: nobody may write while the database is dumped and restored and the files are copied. */
import { quote } from "../../deploy/remote/shell.ts";
import { folder, type Scene, SLUG } from "./scene.ts";

const SCRATCH = "bench_restore";

/** Seconds that customers would wait. Both hosts are connected to as `deploy` does; nothing but a scratch database and a scratch folder is written. */
export async function dumpAndRestore({ clone, on, sql }: Scene, from: string, to: string): Promise<number> {
  const [source, target] = [await folder(clone, from), `${await folder(clone, to)}/../${SCRATCH}`];
  await on(to, `docker exec postgres createdb -U app ${SCRATCH} && sudo mkdir -p ${quote(target)}`);
  try {
    const began = performance.now();
    await pipe(clone, [from, "docker exec postgres pg_dump -U app -Fc app"], [to, `docker exec -i postgres pg_restore -U app --exit-on-error --no-owner -d ${SCRATCH}`]);
    await pipe(clone, [from, `sudo tar -C ${quote(source)} -cf - ${SLUG}`], [to, `sudo tar -C ${quote(target)} -xf -`]);
    const seconds = (performance.now() - began) / 1000;
    const count = "select count(*) from order_items;";
    const [here, there] = [await sql(from, count), await on(to, `docker exec -i postgres psql -XqAt -U app -d ${SCRATCH}`, count)];
    if (here !== there) throw new Error(`the restored database has ${there.trim()} rows, and ${here.trim()} were dumped`);
    return seconds;
  } finally {
    await on(to, `docker exec postgres dropdb -U app --force ${SCRATCH}; sudo rm -rf ${quote(target)}`);
  }
}

async function pipe(clone: Scene["clone"], ...ends: (readonly [host: string, line: string])[]): Promise<void> {
  const text = ends.map(([host, line]) => ["bin/deploy", "ssh", host, "--", line].map(quote).join(" ")).join(" | ");
  await clone.must(["bash", "-c", `set -o pipefail; ${text}`], { timeoutMs: 3_600_000 });
}
