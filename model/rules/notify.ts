/** Whom to tell: addresses that are whole, and no secret that stands in the file. */
import { type Draft, inHosting, type Rule } from "./draft.ts";

interface Written { path: string[]; text: string; /** What to write in its place. */ variable: string }

/** Addresses that stand in the file itself. */
function written({ platform: { notify } }: Draft): Written[] {
  const addresses = [
    { path: ["notify", "slack"], text: notify?.slack, variable: "env:ETAGE_SLACK" },
    { path: ["notify", "webhook", "url"], text: notify?.webhook?.url, variable: "env:ETAGE_WEBHOOK" },
    { path: ["notify", "mail", "server"], text: notify?.mail?.server, variable: "env:ETAGE_SMTP" },
  ];
  return addresses.filter((address): address is Written => address.text !== undefined && !address.text.startsWith("env:"));
}

export const notifyAddress: Rule = {
  name: "notify-address", severity: "fault",
  says: "Addresses in `notify` are URLs that can be read, and hold no password; one that does is kept in a variable (`env:NAME`).",
  *check(draft) {
    for (const { path, text, variable } of written(draft)) {
      // Not quoted: what can't be read may hold a password all the same.
      if (!URL.canParse(text)) yield inHosting(path, "this URL can't be read", `expected for example ${variable}`);
      else if (new URL(text).password !== "") yield inHosting(path, "the address holds a password, which stands here for all to read", `change the password, and keep the address in a variable: ${variable}`);
    }
  },
};

export const notifySecret: Rule = {
  name: "notify-secret", severity: "warning",
  says: "Whoever has the address of a Slack channel can write there; it belongs in a variable.",
  *check(draft) {
    for (const { path, text, variable } of written(draft)) {
      if (URL.canParse(text) && new URL(text).hostname === "hooks.slack.com") yield inHosting(path, "whoever reads this address can write to the channel", `keep it in a variable: ${variable}`);
    }
  },
};
