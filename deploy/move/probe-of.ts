/** The probe of a customer, at its own first name. */
import type { Context } from "../context.ts";
import { type Probe, startProbe } from "./probe.ts";

export const probeOf = ({ fleet: { platform }, environment: { resolver } }: Pick<Context, "fleet" | "environment">, slug: string): Probe =>
  startProbe({ hostname: `${slug}.${platform.domain}`, tenant: slug, path: platform.app.health.version, resolver });
