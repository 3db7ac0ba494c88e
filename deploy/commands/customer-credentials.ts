import { configuredChannel, giveCredentials } from "../credentials/run.ts";
import { type Channel, shown } from "../credentials/channel.ts";
import { exitCode, UserError } from "../errors.ts";
import { onTerminal } from "../confirm.ts";
import type { Handler } from "./verb.ts";

export const customerCredentials: Handler = async (context, args) => {
  const slug = String(args.slug);
  const place = context.fleet.customer(slug);
  if (!place) throw new UserError(`there is no customer ${slug} in customers.yaml`, { hint: "deploy customer list shows them", code: exitCode.usage });
  if (!place.customer.email) throw new UserError(`${slug} has no \`email\` in customers.yaml, which its admin is called by`, { hint: `deploy customer set ${slug} --email ADDRESS`, code: exitCode.usage });
  // Asked for by name: also into a pipe.
  const printing: Channel = { fault: null, async deliver(credentials) { context.report.data({ credentials }); context.report.text(shown(credentials)); return "printed"; } };
  const channel = args.print === true ? printing : configuredChannel(context, onTerminal(args));
  if (channel.fault) throw new UserError(`credentials can't be delivered: ${channel.fault}`, { hint: `--print prints them here all the same; or \`credentials: mail\` in hosting.yaml` });
  const [summary] = await giveCredentials(context, [slug], { channel, wait: Number(args.wait) });
  return summary!.ok ? exitCode.ok : exitCode.failed;
};
