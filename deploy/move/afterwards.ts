/** What is said after a failure: where the customer is served, what lies where, what to type. */
import type { Context } from "../context.ts";
import { messageOf } from "../errors.ts";
import type { Came } from "./session.ts";
import { type Standing, standingOf } from "./standing.ts";

/** Asks the hosts themselves, and sets `came.serving` to what they say. */
export async function afterwards(context: Context, slug: string, came: Came): Promise<{ undone: string; next: string | null }> {
  try {
    const standing = await standingOf(context, slug);
    came.serving = standing.serving;
    return standingWords(standing);
  } catch (error) {
    came.serving = null;
    return { undone: `the hosts could not be asked: ${messageOf(error).split("\n")[0]}`, next: `deploy move status ${slug}` };
  }
}

/** Pure. */
export function standingWords({ slug, phase, serving, from, to }: Standing): { undone: string; next: string | null } {
  const go = `\`deploy move run ${slug}\` goes on`;
  switch (phase) {
    case "none": return { undone: `${serving} serves ${slug} as before; nothing was changed on either host's data`, next: go };
    case "preparing": return { undone: `${serving} serves ${slug} as before; what is prepared stays and costs ${from.host} some WAL and disk`, next: `${go}; \`deploy move abort ${slug}\` removes what was prepared` };
    case "moved": return { undone: `${to.host} serves ${slug}, ${from.host} is kept current`, next: `${go}; \`deploy move back ${slug}\` returns` };
    case "between": return { undone: `${slug}'s requests were held when it broke off; ${from.host}'s watchdog lets them go there`, next: `deploy move status ${slug}, then ${go}` };
    case "unknown": {
      const silent = [from, to].filter(({ fault }) => fault !== null).map(({ host, fault }) => `${host}: ${fault}`);
      return { undone: `not known, since a host does not say it (${silent.join("; ")})`, next: `deploy move status ${slug}` };
    }
  }
}
