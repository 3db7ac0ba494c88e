/** A release as a rollout works with it: resolved once, the same for all hosts. */
import { exitCode, UserError } from "../errors.ts";

export interface Release {
  version: string;
  digest: string;
  /** `registry/path` without tag. */
  repository: string;
}

/** By digest: what is pulled and run. */
export const imageOf = ({ repository, digest }: Release): string => `${repository}@${digest}`;
/** By tag: what people read in `docker image ls`. */
export const tagOf = ({ repository, version }: Release): string => `${repository}:${version}`;

/** What may stand in an image tag and in a container name. */
export function checkVersion(version: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/.test(version)) return version;
  throw new UserError(`"${version}" is no release version: letters, digits, dots, hyphens and underscores are expected, for example v42`, { code: exitCode.usage });
}
