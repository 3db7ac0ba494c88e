/** The time that a person goes back to. Pure. */
import { exitCode, UserError } from "../errors.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60, h: 3600, d: 86_400 };
const AGO = /^(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d)(?:\s+ago)?$/i;
/** Date and time to the minute at least; without a zone it is this machine's. */
const AT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** `10 min`, `2h ago`, `2026-05-01 10:00`, `2026-05-01T10:00:00Z` → ISO time. @throws UserError (usage). */
export function parseTime(text: string, now: Date): string {
  const [, amount, unit] = AGO.exec(text.trim()) ?? [];
  if (amount) return new Date(now.getTime() - Number(amount) * UNITS[unit!.toLowerCase()]! * 1000).toISOString();
  const [, day, clock, zone] = AT.exec(text.trim()) ?? [];
  const at = day ? new Date(`${day}T${clock}${zone ? zone.toUpperCase() === "UTC" ? "Z" : zone.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2") : ""}`) : undefined;
  if (!at || Number.isNaN(at.getTime())) throw new UserError(`--to ${text} is no time`, { hint: "`10 min`, `2 h`, `2026-05-01 10:00` (this machine's time), `2026-05-01T10:00:00Z`", code: exitCode.usage });
  if (at > now) throw new UserError(`--to ${text} has not come yet`, { hint: `here it is ${now.toISOString()}`, code: exitCode.usage });
  return at.toISOString();
}
