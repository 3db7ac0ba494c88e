/** What to type after a run that did not end well. Pure. */
import type { HostOutcome } from "../report/event.ts";

export function nextCommand(verb: string, version: string, hosts: readonly HostOutcome[]): string {
  const failed = hosts.find(({ outcome }) => outcome === "failed");
  const updated = hosts.find(({ outcome, from }) => outcome === "updated" && from);
  const fleetWide = verb === "update-all" || verb === "resume";
  const again = fleetWide ? `deploy update-all ${version}` : `deploy ${verb} ${failed?.host ?? hosts[0]?.host ?? ""}${verb === "update" ? ` ${version}` : ""}`;
  const resume = fleetWide ? "deploy resume" : again;
  if (!failed || failed.failure?.interrupted) return `\`${resume}\` continues`;
  if (failed.failure?.step === "lock") return `\`${resume}\` once the lock is free`;
  if (hosts.some(({ outcome }) => outcome === "reverted")) return `see \`deploy logs ${failed.host} --release ${version}\`; the next release mends it`;
  return `see \`deploy logs ${failed.host}\`; fix, then \`${again}\` ${fleetWide ? "continues" : "tries again"}${updated ? `; or \`deploy rollback ${updated.host}\`` : ""}`;
}
