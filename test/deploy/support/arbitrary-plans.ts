/** Plans of all kinds, with few names, so that two of them often agree in a part. */
import fc from "fast-check";
import type { Plan, PlannedHost, Refusal, Waiting } from "../../../deploy/rollout/plan.ts";
import { v1, v2 } from "./fleet.ts";

const word = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("first", "shared", "from v1") }, fc.string({ unit: "grapheme", maxLength: 5 }));
const amount = fc.option(fc.nat(1e9), { nil: null });

const planned = (host: string): fc.Arbitrary<PlannedHost> => fc.record({
  host: fc.constant(host), action: fc.constantFrom("install", "update", "repair", "refresh"), reason: word, place: word, from: fc.constantFrom("v1", "none", null),
  backupAge: amount, pullBytes: amount, expectedSeconds: amount, canary: fc.subarray(["acme", "birch"]),
});
const waiting = (host: string): fc.Arbitrary<Waiting> => fc.record({
  host: fc.constant(host), reason: word, timeZone: fc.constantFrom("UTC", "Europe/Berlin"),
  until: fc.option(fc.date({ min: new Date("2026-01-01T00:00:00Z"), max: new Date("2027-01-01T00:00:00Z"), noInvalidDate: true }).map((date) => date.toISOString()), { nil: null }),
});
const refused = (host: string): fc.Arbitrary<Refusal> => fc.record({ host: fc.constant(host), reason: word, hint: word, usage: fc.boolean() }, { requiredKeys: ["host", "reason"] });

type Fate = { ring: number; host: PlannedHost } | { waiting: Waiting } | { skipped: { host: string; reason: string } } | { refused: Refusal } | { unchanged: string };
const fate = (host: string): fc.Arbitrary<Fate> => fc.oneof(
  { weight: 3, arbitrary: fc.record({ ring: fc.nat(2), host: planned(host) }) },
  fc.record({ waiting: waiting(host) }), fc.record({ skipped: fc.record({ host: fc.constant(host), reason: word }) }),
  fc.record({ refused: refused(host) }), fc.constant({ unchanged: host }),
);

export const plans: fc.Arbitrary<Plan> = fc.record({
  fates: fc.shuffledSubarray(["ada", "bo", "cy", "dot"]).chain((hosts) => fc.tuple(...hosts.map(fate))),
  settings: fc.tuple(...[0, 1, 2].map(() => fc.record({ name: word, concurrency: fc.integer({ min: 1, max: 3 }), bakeSeconds: fc.constantFrom(0, 60) }))),
  rest: fc.record({
    format: fc.constant(2 as const), release: fc.constantFrom(v2, { ...v2, digest: v1.digest }, { ...v2, repository: "10.0.0.3:5000/shop/app" }),
    onFailure: fc.constantFrom("halt", "continue", "revert"), mostFailures: fc.nat(2),
    forbidden: fc.option(fc.record({ reason: word, hint: word }), { nil: null }),
    migrations: fc.option(fc.array(fc.record({ name: fc.constantFrom("0001-a", "0002-b"), reversible: fc.boolean() }), { maxLength: 2 }), { nil: null }),
    prediction: fc.record({ seconds: amount, calls: fc.array(fc.record({ service: word, calls: fc.nat(9), limit: word }), { maxLength: 2 }) }),
  }),
}).map(({ fates, settings, rest }) => ({
  ...rest,
  rings: settings.map((ring, at) => ({ ...ring, hosts: fates.flatMap((one) => "ring" in one && one.ring === at ? [one.host] : []) })).filter(({ hosts }) => hosts.length > 0),
  unchanged: fates.flatMap((one) => "unchanged" in one ? [one.unchanged] : []), waiting: fates.flatMap((one) => "waiting" in one ? [one.waiting] : []),
  skipped: fates.flatMap((one) => "skipped" in one ? [one.skipped] : []), refused: fates.flatMap((one) => "refused" in one ? [one.refused] : []),
}))
  // As a plan is read from its file: which prototype an object was made with is no difference between two of them.
  .map((plan) => JSON.parse(JSON.stringify(plan)) as Plan);
