/** Documentation made from the types of what programs get. Pure; a test holds it fresh. */
import { z } from "zod";
import { events, STEPS } from "./event.ts";
import { LIFE_STEPS } from "../life/steps.ts";
import { MOVE_STEPS } from "../move/steps.ts";
import { RESTORE_STEPS } from "../restore/steps.ts";
import { message } from "./notify/message.ts";

/** Path in the project → text. */
export function pages(): Record<string, string> {
  const line = z.discriminatedUnion("type", Object.entries(events).map(([type, event]) => event.extend({ type: z.literal(type), at: z.iso.datetime() })) as unknown as [z.ZodObject]);
  return {
    "docs/events.md": eventsPage(),
    "docs/events.schema.json": jsonSchema(line, "A line of `deploy … --json` that has a `type`"),
    "docs/notifications.md": notificationsPage(),
    "docs/notification.schema.json": jsonSchema(message, "The body of a call of `notify.webhook`"),
  };
}

const MADE = "<!-- Made from deploy/report/ by `node deploy/report/generate-pages.ts`; edit there. -->";

const eventsPage = (): string => `# Events

${MADE}

With \`--json\`, \`update-all\`, \`update\`, \`rollback\`, \`move\`, \`restore\`, \`apply\`, \`erase\` and \`customer credentials\` write one JSON value a line to standard output (NDJSON) and nothing else. Lines that have a
\`type\` are the events below, as they happen; each also has \`at\`, its time in ISO 8601, UTC. Other lines are results:
\`{"plan": …}\` before anything is done, \`{"error": {"message", "hint", "code"}}\` when the command could not do its work.
Steps: ${STEPS.map((step) => `\`${step}\``).join(", ")}; of a move (\`move-…\`): ${MOVE_STEPS.map((step) => `\`${step}\``).join(", ")};
of credentials and erasures (\`customer-…\`): ${LIFE_STEPS.map((step) => `\`${step}\``).join(", ")};
of a restore (\`restore-…\`): ${RESTORE_STEPS.map((step) => `\`${step}\``).join(", ")}.
JSON Schema of an event: [events.schema.json](events.schema.json). New fields and types may come at any time; skip what you don't know.

    deploy update-all v42 --yes --json | jq --unbuffered -r 'select(.type == "host-ended") | .result | "\\(.host) \\(.outcome)"'

${Object.entries(events).map(([type, event]) => `## ${type}\n\n${event.description}.\n\n${table(event)}`).join("\n\n")}
`;

const notificationsPage = (): string => `# Notifications

${MADE}

\`notify\` in \`hosting.yaml\` names who hears of a rollout: a chat (\`slack\`), a program (\`webhook\`), people by \`mail\`; each is told that it begins,
of its first failure at once, and how it ended, or what \`on\` selects of these. Addresses and passwords belong in variables (\`env:NAME\`). A
variable that is not set is a fault before anything starts; one that is empty leaves its channel out.

A rollout waits for nobody: messages go out in the background, three more attempts each, and at the end it gives them fifteen seconds.
What could not be told is a note in the output. No message holds a secret or anything that a host printed: names, releases, steps and times only.

## Slack

An incoming webhook; other chats take the same format (Mattermost, Rocket.Chat, Discord with \`/slack\` at the end of the address).

## Mail

\`server\` is \`smtps://USER:PASSWORD@HOST\`, or \`smtp://…:587\`, which changes to TLS; special characters in the password are percent-encoded. A
password is never sent without TLS, but to the same machine. The messages of one rollout are one conversation.

## Webhook

A POST with JSON. Any 2xx answer takes it; 408, 425, 429 (\`Retry-After\` up to ten seconds is kept) and 5xx are tried again. A receiver may get a
message twice: \`webhook-id\` is the same then. With \`secret\` (\`echo whsec_$(openssl rand -base64 32)\`), calls are signed as
[Standard Webhooks](https://www.standardwebhooks.com) says, for which there are libraries:

| header | value |
|---|---|
| \`webhook-id\` | operation and kind |
| \`webhook-timestamp\` | seconds since 1970 |
| \`webhook-signature\` | \`v1,\` and the base64 of HMAC-SHA256 over \`ID.TIMESTAMP.BODY\`, with the secret's decoded bytes as key |

JSON Schema of the body: [notification.schema.json](notification.schema.json).

${message.options.map((option) => `### ${(option.shape.kind as z.ZodLiteral).value}\n\n${option.description}.\n\n${table(option)}`).join("\n\n")}
`;

const table = (schema: z.ZodObject): string => ["| field | value | meaning |", "|---|---|---|", ...rows(schema, "")].join("\n");

/** One row a field, depth first: `result.failure.step`, `hosts[].requests`. */
function rows(schema: z.ZodObject, prefix: string): string[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    const { inner, optional, nullable } = unwrapped(field);
    const value = [valueText(inner), ...(nullable ? ["null"] : [])].join(" or ");
    const nested = inner instanceof z.ZodArray ? unwrapped(inner.element as z.ZodType).inner : inner;
    return [
      `| \`${prefix}${key}\` | ${value}${optional ? ", or absent" : ""} | ${descriptionOf(field).replaceAll("|", "\\|")} |`,
      ...(nested instanceof z.ZodObject ? rows(nested, `${prefix}${key}${inner instanceof z.ZodArray ? "[]" : ""}.`) : []),
    ];
  });
}

function unwrapped(schema: z.ZodType): { inner: z.ZodType; optional: boolean; nullable: boolean } {
  if (!(schema instanceof z.ZodOptional) && !(schema instanceof z.ZodNullable)) return { inner: schema, optional: false, nullable: false };
  const { inner, optional, nullable } = unwrapped(schema.unwrap() as z.ZodType);
  return { inner, optional: optional || schema instanceof z.ZodOptional, nullable: nullable || schema instanceof z.ZodNullable };
}

const descriptionOf = (schema: z.ZodType): string => schema.description ?? (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? descriptionOf(schema.unwrap() as z.ZodType) : "");

function valueText(schema: z.ZodType): string {
  if (schema instanceof z.ZodEnum && [STEPS, MOVE_STEPS, LIFE_STEPS, RESTORE_STEPS].some(({ length }) => schema.options.length === length)) return "a step";
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => `\`${option}\``).join(", ");
  if (schema instanceof z.ZodLiteral) return `\`${JSON.stringify(schema.value)}\``;
  if (schema instanceof z.ZodNumber) return schema.format === "safeint" ? "whole number" : "number";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodObject) return "object";
  if (schema instanceof z.ZodArray) return unwrapped(schema.element as z.ZodType).inner instanceof z.ZodObject ? "list of objects" : "list of texts";
  return schema instanceof z.ZodISODateTime ? "time, ISO 8601" : "text";
}

function jsonSchema(schema: z.ZodType, title: string): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-7", io: "input" });
  return `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`;
}
