/** The probe of a customer, at its own first name. */
import type { Context } from "../context.ts";
import { type Probe, startProbe } from "./probe.ts";
import type { Came } from "./session.ts";

const probeOf = ({ fleet: { platform }, environment: { resolver } }: Pick<Context, "fleet" | "environment">, slug: string): Probe =>
  startProbe({ hostname: `${slug}.${platform.domain}`, tenant: slug, path: platform.app.health.version, resolver });

/** Asks the customer's own URL while the work is done; what it saw stands in `came`, also when the work fails. */
export async function probed(context: Context, slug: string, came: Came, work: (probe: Probe) => Promise<void>): Promise<void> {
  const probe = probeOf(context, slug);
  try {
    await work(probe);
  } finally {
    came.probe = await probe.stop();
  }
}
