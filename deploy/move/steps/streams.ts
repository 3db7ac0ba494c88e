/**
 * A customer's streams at the host that was left: the hold leaves them open, at an app where nothing happens any more. The
 * app's command `disconnect` ends them as a release that leaves does: their readers come again, where the customer is now.
 */
import { messageOf, UserError } from "../../errors.ts";
import { runLimited, runOnce } from "../../host/docker.ts";
import { mustRun } from "../../remote/runner.ts";
import { appSpec, wantedOf } from "../../rollout/wanted.ts";
import { type End, type Hands, hostOf } from "../hands.ts";
import type { Session } from "../session.ts";

const SECONDS = 30;

/** `left`: the end that the customer left. An app that can't do it is no reason to go back: its readers come again when it ends. */
export async function endStreams({ report, connect, slug }: Pick<Session, "report" | "connect" | "slug">, hands: Pick<Hands, "gathered" | "context">, left: End): Promise<void> {
  const { platform } = hands.context.fleet;
  if (platform.app.streams.length === 0) return;
  const { host, outputs, release } = hostOf(hands, left);
  const spec = appSpec(platform, outputs, wantedOf(platform, host, outputs, release), "task", hands.context.now());
  try {
    await mustRun(await connect(host.name), "ending the customer's streams", runLimited(SECONDS, [...runOnce(spec, "disconnect"), slug]), { timeout: (SECONDS + 30) * 1000 });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report.event({ type: "note", host: host.name, message: `streams of ${slug} that were open in its cutover may stay open here until the app is updated: ${messageOf(error).split("\n")[0]}` });
  }
}
