/** What is told to chat, mail and programs: names, releases, steps and times. Reasons quote logs, and logs may hold anything, so none goes out. */
import { z } from "zod";
import { STEPS, type HostOutcome, type Summary } from "../event.ts";
import { moveEnd, moveStart } from "./move-message.ts";

const host = z.string().describe("The host's name");

const kind = <K extends string>(name: K) => z.literal(name).describe("What it is about");

const common = {
  format: z.literal(1).describe("Grows when a field changes its meaning or goes; new fields may come at any time"),
  at: z.iso.datetime().describe("When it happened"),
  platform: z.string().describe("`name` of hosting.yaml"),
  operation: z.string().describe("As in `deploy history`"),
  verb: z.string().describe("`update-all`, `update`, `rollback`, `move`, `erase`, …"),
  release: z.string().describe("Version, for example v42; empty when it is about none"),
  by: z.string().describe("Who did it"),
  machine: z.string().describe("From where"),
};

/** The body of a webhook's call; Slack and mail put it in words. */
export const message = z.discriminatedUnion("kind", [
  z.object({
    kind: kind("start"), ...common,
    hosts: z.int().describe("How many are to be updated"),
    rings: z.int().describe("In how many rings"),
  }).describe("Work begins"),
  z.object({
    kind: kind("failure"), ...common,
    hosts: z.array(host).describe("One that failed in its update, or all that did not do well while their ring was watched"),
    ring: z.int().nullable().describe("The watched ring, from 1; null: a host failed in its update"),
    step: z.enum(STEPS).nullable().describe("In which step it failed; null: while it was watched"),
    undone: z.string().nullable().describe("What serves now; null: nothing is undone yet"),
  }).describe("The first failure of a run, told at once"),
  z.object({
    kind: kind("end"), ...common,
    outcome: z.enum(["done", "halted", "stopped", "broken"]).describe("`stopped`: by a person; `broken`: it ended without a result"),
    seconds: z.number().describe("How long it took"),
    hosts: z.array(z.object({
      host, outcome: z.enum(["updated", "unchanged", "failed", "reverted", "not-reached"]).describe("`reverted`: it was updated in this run and then brought back"),
      from: z.string().nullable().describe("Release that it ran before"), to: z.string().describe("Release that it was to get"), step: z.enum(STEPS).nullable().describe("Failed only: in which step"), undone: z.string().nullable().describe("Failed only: what serves now"),
    })).describe("One entry a host that was planned, or found to be there already"),
    waiting: z.array(z.object({ host, until: z.iso.datetime().nullable().describe("When it opens; null: not within two weeks") })).describe("Held back by their maintenance window"),
    census: z.array(z.object({ host, release: z.string().nullable().describe("Null: it does not say"), ok: z.boolean().describe("It answered, and with a release that this run leaves it on") })).nullable().describe("What the hosts said at the end; null: they were not asked"),
  }).describe("Work is over"),
  z.object({ kind: kind("move-start"), ...common, ...moveStart.shape }).describe("A customer's move begins, or what is done about one; told with `start`"),
  z.object({
    kind: kind("erasure-ahead"), ...common,
    customer: z.string().describe("The customer's slug"), eraseOn: z.iso.date().describe("The day from which its data is erased"), daysLeft: z.int().describe("Until then"),
  }).describe("A suspended or leaving customer's data is going to be erased (`retention.warnDays`)"),
  z.object({
    kind: kind("erasure-end"), ...common,
    customer: z.string().describe("The customer's slug"), host: z.string().describe("The host that had its data"),
    outcome: z.enum(["done", "failed", "stopped"]).describe("`stopped`: by a person"), seconds: z.number().describe("How long it took"),
  }).describe("A customer's data was erased, or should have been; told with `end`, and with `failure` when it did not go well"),
  z.object({ kind: kind("move-end"), ...common, ...moveEnd.shape }).describe("It is over; told with `end`, and with `failure` when it did not go well"),
]);

export type Message = z.infer<typeof message>;
export type Kind = Message["kind"];
/** A kind's own fields. */
export type Content<K extends Kind> = K extends Kind ? Omit<Extract<Message, { kind: K }>, "kind" | keyof typeof common> : never;
/** What all messages of one operation have in common. */
export type Subject = Pick<Message, "platform" | "operation" | "verb" | "release" | "by" | "machine">;

/** What we say about a failure ends where it begins to quote the host: at a colon, or at the line's end. */
const ownWords = (text: string): string => text.split(/:|\n/, 1)[0]!;

export function failureContent({ host, failure }: HostOutcome): Content<"failure"> {
  return { hosts: [host], ring: null, step: failure?.step ?? null, undone: failure ? ownWords(failure.undone) : null };
}

/** Of a watch with faults. */
export const bakeContent = (ring: number, hosts: readonly string[]): Content<"failure"> => ({ hosts: [...hosts], ring, step: null, undone: null });

export function endContent({ ok, stopped, seconds, hosts, waiting, census }: Summary): Content<"end"> {
  return {
    outcome: ok ? "done" : stopped ? "stopped" : "halted",
    seconds,
    hosts: hosts.map(({ host, outcome, from, to, failure }) => ({ host, outcome, from, to, step: failure?.step ?? null, undone: failure ? ownWords(failure.undone) : null })),
    waiting: waiting.map(({ host, until }) => ({ host, until })),
    census: census?.map(({ host, release, ok }) => ({ host, release, ok })) ?? null,
  };
}

/** The run threw: nobody knows more than its terminal. */
export const brokenContent = (seconds: number): Content<"end"> => ({ outcome: "broken", seconds, hosts: [], waiting: [], census: null });
