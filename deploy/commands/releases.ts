import { exitCode } from "../errors.ts";
import { age } from "../report/units.ts";
import type { Handler } from "./verb.ts";

export const releases: Handler = async ({ journal, report, now }) => {
  const list = await journal.releases();
  report.data({ releases: list });
  const width = Math.max(7, ...list.map(({ version }) => version.length));
  report.text(list.length === 0 ? "No release was built from here yet. Next: deploy release build v1" : list.map(({ version, digest, commit, dirty, builtAt, by }) =>
    `${version.padEnd(width)}  ${digest.slice(7, 19)}  ${(commit?.slice(0, 12) ?? "no commit").padEnd(12)}${dirty ? "+" : " "}  ${age((now().getTime() - Date.parse(builtAt)) / 1000)} ago by ${by}`).join("\n"));
  return exitCode.ok;
};
