/** From the words of a command line to the changes they ask for. Pure. */
import { daysAfter } from "../../model/retention.ts";
import type { Customer, Retention } from "../../model/schema.ts";
import { exitCode, UserError } from "../errors.ts";
import { type Changes, TEXTS } from "./edit.ts";

/** An empty text takes a key away: `--size ""` goes back to the tier's. @throws UserError (usage) for `--label` and `--limit` without `=`. */
export function changesFrom(args: Readonly<Record<string, unknown>>): Changes {
  const texts = Object.entries(TEXTS).filter(([option]) => args[option] !== undefined).map(([option, key]) => [key, String(args[option]) || null]);
  const [labels, limits] = [pairs("label", args), pairs("limit", args)];
  return {
    ...(texts.length > 0 ? { texts: Object.fromEntries(texts) } : {}),
    ...(args.domain ? { addHostnames: words(args.domain) } : {}),
    ...(args["drop-domain"] ? { dropHostnames: words(args["drop-domain"]) } : {}),
    ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
    ...(args.anyway === true ? { anyway: true } : {}),
    ...(limits.length > 0 ? { limits: Object.fromEntries(limits.map(([key, value]) => [key, value !== null && /^\d{1,15}$/.test(value) ? Number(value) : value])) } : {}),
  };
}

/** Until which day a suspended or leaving customer's data stays, as its verb was asked; a day that stands there already stays unless another is named. */
export function leaveChanges(status: "suspended" | "leaving", entry: Pick<Customer, "status" | "eraseOn"> | undefined, retention: Retention, args: Readonly<Record<string, unknown>>, now: Date): Changes {
  const asked = args["erase-on"] === undefined ? undefined : String(args["erase-on"]);
  const counted = status === "leaving" || retention.suspended === "erase" ? daysAfter(now, retention.days) : null;
  const standing = entry?.status === status ? entry.eraseOn ?? null : counted;
  return { texts: { status, eraseOn: args.keep === true ? null : asked ?? standing } };
}

/** `--domain a,b --domain c` */
const words = (value: unknown): string[] => (value as string[]).flatMap((names) => names.split(",")).map((name) => name.trim()).filter(Boolean);

/** `--label k=v`; null for `--drop-label k`. */
function pairs(option: string, args: Readonly<Record<string, unknown>>): [string, string | null][] {
  const given = ((args[option] ?? []) as string[]).map((written): [string, string] => {
    const at = written.indexOf("=");
    if (at < 1) throw new UserError(`--${option} ${written}: expected NAME=VALUE`, { hint: `for example --${option} ${option === "label" ? "region=eu" : "users=50"}; --drop-${option} NAME takes one away`, code: exitCode.usage });
    return [written.slice(0, at).trim(), written.slice(at + 1).trim()];
  });
  return [...words(args[`drop-${option}`] ?? []).map((name): [string, null] => [name, null]), ...given];
}
