/** What remains of hosting.yaml: operators, network, the app's environment, currency. */
import { BlockList, isIPv4 } from "node:net";
import { LOCATIONS } from "../catalog.ts";
import { didYouMean } from "../nearest.ts";
import { inHosting, type Rule } from "./draft.ts";

export const distinctOperators: Rule = {
  name: "distinct-operators", severity: "fault",
  says: "Operators' names and public keys are unique (Hetzner refuses a second key with the same content).",
  *check({ platform: { operators = [] } }) {
    const names = new Map<string, number>();
    const keys = new Map<string, string>();
    for (const [index, { name, publicKey }] of operators.entries()) {
      // Without the comment, which says nothing.
      const key = publicKey.split(" ", 2).join(" ");
      const owner = keys.get(key);
      if (names.has(name)) yield inHosting(["operators", index, "name"], `the name "${name}" is taken by operators[${names.get(name)}]`, "choose another");
      else names.set(name, index);
      if (owner !== undefined) yield inHosting(["operators", index, "publicKey"], `this is the public key of ${owner}`, "each operator has a key of their own");
      else keys.set(key, name);
    }
  },
};

export const wholePublicKey: Rule = {
  name: "public-key", severity: "fault",
  says: "An operator's public key is whole: its parts decode, and it is of the kind that it says.",
  *check({ platform: { operators = [] } }) {
    for (const [index, { publicKey }] of operators.entries()) {
      const [kind = "", body = ""] = publicKey.split(" ");
      const parts = wireParts(Buffer.from(body, "base64"));
      if (parts?.[0] === kind && parts.length >= 2) continue;
      yield inHosting(["operators", index, "publicKey"], parts?.[0] && parts[0] !== kind ? `the key says ${kind}, but holds something else` : "the key is cut off or damaged", "copy the whole line of the .pub file");
    }
  },
};

/** Length-prefixed strings of a key in SSH's wire format (RFC 4251, section 5); undefined when they don't add up. */
function wireParts(bytes: Buffer): string[] | undefined {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    parts.push(bytes.toString("latin1", at + 4, end));
    at = end;
  }
  return parts;
}

/** RFC 1918. */
const PRIVATE = blocks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");

export const privateNetwork: Rule = {
  name: "private-network", severity: "fault",
  says: "The network's range is private IPv4 (RFC 1918) in CIDR notation, its subnet lies in it, and its zone is one of Hetzner's.",
  *check({ platform: { network } }) {
    if (!network) return;
    const range = cidr(network.range);
    const subnet = cidr(network.subnet);
    const at = (key: string, message: string, suggestion?: string) => inHosting(["network", key], message, suggestion);
    if (!range) yield at("range", `"${network.range}" is no IPv4 range`, "expected for example 10.0.0.0/16");
    else if (!within(range, PRIVATE, 8)) yield at("range", `"${network.range}" is not private`, "take a range in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
    if (!subnet) yield at("subnet", `"${network.subnet}" is no IPv4 range`, "expected for example 10.0.1.0/24");
    else if (range && !within(subnet, blocks(network.range), range.length)) yield at("subnet", `the subnet ${network.subnet} does not lie in ${network.range}`);
    const zones = [...new Set(Object.values(LOCATIONS).map(({ zone }) => zone))];
    if (!(zones as string[]).includes(network.zone)) yield at("zone", `"${network.zone}" is no network zone (${zones.join(", ")})`, didYouMean(network.zone, zones));
  },
};

/** undefined unless it is an IPv4 network with all host bits zero. */
function cidr(text: string): { address: string; length: number } | undefined {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(text);
  if (!match || !isIPv4(match[1]!) || Number(match[2]) > 32) return undefined;
  const [address, length] = [match[1]!, Number(match[2])];
  const bits = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return bits % 2 ** (32 - length) === 0 ? { address, length } : undefined;
}

function blocks(...ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, length] = range.split("/") as [string, string];
    list.addSubnet(address, Number(length));
  }
  return list;
}

const within = ({ address, length }: { address: string; length: number }, list: BlockList, least: number): boolean => length >= least && list.check(address);

/** What `deploy` itself gives the app's container. */
export const APP_ENVIRONMENT = ["PORT", "DATABASE_URL_FILE", "REDIS_URL_FILE", "UPLOADS_PATH", "DOMAIN", "RELEASE", "DRAIN_SECONDS", "SUSPENDED_STATUS"] as const;

export const reservedEnvironment: Rule = {
  name: "reserved-environment", severity: "fault",
  says: `The app's environment leaves alone what \`deploy\` sets: ${APP_ENVIRONMENT.join(", ")}.`,
  *check({ platform: { app } }) {
    for (const name of Object.keys(app?.environment ?? {})) {
      if ((APP_ENVIRONMENT as readonly string[]).includes(name)) yield { ...inHosting(["app", "environment", name], `${name} is set by \`deploy\``, "remove it, or take another name"), at: "key" };
    }
  },
};

export const secretInEnvironment: Rule = {
  name: "secret-in-environment", severity: "warning",
  says: "The app's environment is plain text in the repository and in `docker inspect`; secrets go in files.",
  *check({ platform: { app } }) {
    for (const [name, value] of Object.entries(app?.environment ?? {})) {
      if (/(PASSWORD|SECRET|TOKEN|PRIVATE_KEY|API_KEY|CREDENTIALS?)$/.test(name) && value !== "") yield { ...inHosting(["app", "environment", name], `${name} looks like a secret, which would stand here for all to read`, "keep it out of this file"), at: "key" };
    }
  },
};

export const knownCurrency: Rule = {
  name: "known-currency", severity: "fault",
  says: "The currency is an ISO 4217 code.",
  *check({ platform: { currency } }) {
    const known = Intl.supportedValuesOf("currency");
    if (currency !== undefined && !known.includes(currency)) yield inHosting(["currency"], `"${currency}" is no ISO 4217 currency`, known.includes(currency.toUpperCase()) ? `did you mean \`${currency.toUpperCase()}\`?` : "for example EUR");
  },
};
