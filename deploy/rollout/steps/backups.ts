import { messageOf, UserError } from "../../errors.ts";
import type { OwnStep } from "../job.ts";

/** Sets the host up to back up as hosting.yaml says, where it is set up otherwise or not at all. The release serves all the same when that fails. */
export const backups: OwnStep = {
  name: "backups",
  async run({ host: { name }, note, refreshBackups }) {
    if (!refreshBackups) return "as `deploy backup install --dry-run` shows";
    try {
      return await refreshBackups();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      note(`it does not back up as hosting.yaml says: ${messageOf(error)}; once that is mended: deploy backup install ${name}`);
      return "failed";
    }
  },
};
