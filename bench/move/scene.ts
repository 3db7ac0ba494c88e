/** Fifty customers on a shared host, one of them large, and the release that they all use. */
import { uploads } from "../../deploy/host/paths.ts";
import { type Target, targetsOf } from "../../drills/traffic/road.ts";
import { outputs } from "../../model/outputs.ts";
import { type Clone, cloneWithLab } from "../../test/support/clone.ts";
import { bringUp, build } from "../../test/support/platform.ts";

export const SLUG = "acme";
const CUSTOMERS = 50;
/** Rows of the large customer, by table, and of each other one; megabytes of files. */
const ROWS = { orders: 250_000, items: 3, others: 1000 };
const MEGABYTES = 2000;

export interface Scene {
  clone: Clone;
  /** The large customer, where it is now. */
  target(): Target;
  others(): Target[];
  /** Runs a line of shell on a host, and gives what it printed. */
  on(host: string, line: string, input?: string): Promise<string>;
  sql(host: string, text: string): Promise<string>;
}

/** `size`: share of rows and files. */
export async function openScene(progress: (line: string) => void, size: number): Promise<Scene> {
  progress("bringing up a lab and a shared host …");
  const clone = await cloneWithLab("epica.com.tr");
  try {
    addCustomers(clone);
    await bringUp(clone, ["shared"]);
    await build(clone, "v1");
    await clone.must(["bin/deploy", "update", "shared", "v1"]);
    const scene = sceneOf(clone);
    progress(`rows and files of ${CUSTOMERS} customers …`);
    await fill(scene, size);
    return scene;
  } catch (error) {
    await clone.remove();
    throw error;
  }
}

/** Nobody is held up by limits, and nobody else has a host of its own. */
function addCustomers(clone: Clone): void {
  const limits = "limits: { users: 1000, storageMegabytes: 100000, apiCallsPerHour: 100000000 }";
  clone.edit("customers.yaml", () => {
    const more = Array.from({ length: CUSTOMERS - 1 }, (_, at) => `  - { slug: c${at + 1}, name: Customer ${at + 1}, tier: shared, ${limits} }\n`);
    return `customers:\n  - { slug: ${SLUG}, name: Acme, tier: shared, ${limits} }\n${more.join("")}`;
  });
  clone.edit("hosting.yaml", (text) => text.replace("    - hosts: [helmex]          # agreed to be first\n", ""));
}

function sceneOf(clone: Clone): Scene {
  const all = (): Target[] => targetsOf(clone.directory);
  const scene: Scene = {
    clone,
    target: () => all().find(({ slug }) => slug === SLUG)!,
    others: () => all().filter(({ slug }) => slug !== SLUG),
    async on(host, line, input = "") {
      const { code, stdout, stderr } = await clone.run(["bin/deploy", "ssh", host, "--", line], { input });
      if (code !== 0) throw new Error(`${host}: ${line.slice(0, 200)}: ${stderr}${stdout}`);
      return stdout;
    },
    sql: (host, text) => scene.on(host, "docker exec -i postgres psql -XqAt -v ON_ERROR_STOP=1 -U app -d app", text),
  };
  return scene;
}

async function fill({ clone, on, sql }: Scene, size: number): Promise<void> {
  const orders = Math.round(ROWS.orders * size);
  await sql("shared", `
    insert into orders (organisation_id, reference, status) select o.id, 'seed-' || n, 'paid' from organisations o, generate_series(1, case o.slug when '${SLUG}' then ${orders} else ${ROWS.others} end) n;
    insert into order_items (organisation_id, order_id, product, quantity, unit_price) select r.organisation_id, r.id, 'Product ' || n, 1, 100 from orders r, generate_series(1, ${ROWS.items}) n;
    vacuum (analyze) orders, order_items;`);
  const files = Math.max(1, Math.round(MEGABYTES * size));
  const names = await sql("shared", `insert into uploads (organisation_id, name, content_type, size_bytes, sha256, file)
    select id, 'file-' || n, 'application/octet-stream', 1000000, repeat('0', 64), gen_random_uuid() from organisations, generate_series(1, ${files}) n where slug = '${SLUG}' returning file;`);
  await on("shared", `sudo sh -c 'cd ${await folder(clone, "shared")} && mkdir -p ${SLUG} && while read -r file; do head -c 1000000 /dev/urandom >${SLUG}/$file; done && chown -R 10001:10001 ${SLUG}'`, names);
}

/** Where a host keeps customers' files. */
export async function folder(clone: Clone, host: string): Promise<string> {
  const { dataPath } = outputs.parse(JSON.parse(await clone.must(["pulumi", "stack", "output", "--json", "-s", host])));
  return uploads(dataPath);
}
