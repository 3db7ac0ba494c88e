/** Rules about the rollout: rings, canary, budget, gates, worker. */
import { describe, expect, it } from "vitest";
import { faultLines, warningLines, type Change } from "./files.ts";

/** What is done to the files; the faults it makes; the warnings, where there are any. */
type Case = [what: string, changes: Change[], faults: string[], warnings?: string[]];

const labelled: Change = ["c", "    name: Acme\n", "    name: Acme\n    labels: { region: eu, pace: slow }\n"];
const labelledToo: Change = ["c", "    name: Birch\n", "    name: Birch\n    labels: { region: us }\n"];
const ring = (text: string): Change => ["h", "{ tier: shared }", `{ ${text} }`];
const policy = (text: string): Change => ["h", "rollout:\n", `rollout:\n  ${text}\n`];

const rings: Case[] = [
  ["ring with an unknown tier", [["h", "{ tier: shared }", "{ tier: shard }"]], [
    `hosting.yaml:11:37  rollout.rings[1].tier  "shard" is no tier (shared, dedicated); did you mean \`shared\`?  [known-rings]`,
  ]],
  ["ring with an unknown host", [["h", "{ hosts: [big] }", "{ hosts: [bigg] }"]], [
    `hosting.yaml:11:21  rollout.rings[0].hosts[0]  there is no host "bigg"; hosts are the shared ones and the dedicated customers' slugs; did you mean \`big\`?  [known-rings]`,
  ]],
  ["ring with a shared customer", [["h", "{ hosts: [big] }", "{ hosts: [acme] }"]], [
    `hosting.yaml:11:21  rollout.rings[0].hosts[0]  there is no host "acme"; hosts are the shared ones and the dedicated customers' slugs; acme lives on \`shared\`  [known-rings]`,
  ]],
  ["empty ring", [["h", "{ hosts: [big] }", "{ hosts: [] }"]], [
    "hosting.yaml:11:11  rollout.rings[0]  the ring selects nothing; give `hosts`, `tier`, `customers` or `labels`, or remove the ring  [known-rings]",
  ]],
  ["tier in two rings", [["h", "{ tier: shared }", "{ tier: shared }, { tier: shared }"]], [
    `hosting.yaml:11:55  rollout.rings[2].tier  tier "shared" is in rings[1] already; remove one of the two  [distinct-rings]`,
  ]],
  ["host in two rings", [["h", "{ hosts: [big] }", "{ hosts: [big] }, { hosts: [shared, big] }"]], [
    `hosting.yaml:11:47  rollout.rings[1].hosts[1]  host "big" is in rings[0] already; remove one of the two  [distinct-rings]`,
  ]],
  ["host by name and again by its tier is fine", [["h", "{ hosts: [big] }", "{ hosts: [big] }, { tier: dedicated }"]], []],
  ["ring with a misspelt customer", [ring("customers: [acne]")], [
    `hosting.yaml:11:43  rollout.rings[1].customers[0]  there is no customer "acne"; did you mean \`acme\`?  [known-rings]`,
  ]],
  ["ring with customers, shared and dedicated, is fine", [ring("customers: [acme, big]")], []],
  ["ring with a label that nobody has", [ring("labels: { region: eu }")], [
    `hosting.yaml:11:41  rollout.rings[1].labels.region  no customer has a label "region"; give \`labels\` to customers in customers.yaml  [known-rings]`,
  ]],
  ["ring with a misspelt label", [labelled, ring("labels: { regoin: eu }")], [
    `hosting.yaml:11:41  rollout.rings[1].labels.regoin  no customer has a label "regoin"; did you mean \`region\`?  [known-rings]`,
  ]],
  ["ring with another label", [labelled, ring("labels: { early: yes please }")], [
    `hosting.yaml:11:41  rollout.rings[1].labels.early  no customer has a label "early"; labels are region, pace  [known-rings]`,
  ]],
  ["ring with a label's other value", [labelled, labelledToo, ring("labels: { region: ue }")], [
    "hosting.yaml:11:49  rollout.rings[1].labels.region  no customer has region: ue (there is eu, us); did you mean `us`?  [known-rings]",
  ]],
  ["ring with a label's misspelt value", [labelled, ring("labels: { pace: slo }")], [
    "hosting.yaml:11:47  rollout.rings[1].labels.pace  no customer has pace: slo (there is slow); did you mean `slow`?  [known-rings]",
  ]],
  ["ring with labels that nobody has together", [labelled, labelledToo, ring("labels: { region: us, pace: slow }")], [
    "hosting.yaml:11:39  rollout.rings[1].labels  no customer has region: us and pace: slow together; a ring selects customers that have all of its labels; for either of them, make two rings  [known-rings]",
  ]],
  ["ring with labels is fine", [labelled, labelledToo, ring("labels: { region: eu, pace: slow }")], []],
  ["ring with no labels", [ring("labels: {}")], [
    "hosting.yaml:11:29  rollout.rings[1]  the ring selects nothing; give `hosts`, `tier`, `customers` or `labels`, or remove the ring  [known-rings]",
  ]],
  ["labels are not judged by customers that could not be read", [["c", "    name: Acme\n", "    name: Acme\n    labels: { region: 7 }\n"], ring("labels: { region: us }")], [
    `customers.yaml:4:23  customers[0].labels.region  expected text, found 7; put it in quotes: "7"  [wrong-type]`,
  ]],
  ["customer in two rings", [ring("customers: [acme] }, { customers: [birch, acme]")], [
    `hosting.yaml:11:73  rollout.rings[2].customers[1]  customer "acme" is in rings[1] already; remove one of the two  [distinct-rings]`,
  ]],
  ["labels in two rings", [labelled, ring("labels: { region: eu, pace: slow } }, { labels: { pace: slow, region: eu }")], [
    "hosting.yaml:11:79  rollout.rings[2].labels  what has pace: slow, region: eu is in rings[1] already; remove one of the two  [distinct-rings]",
  ]],
  ["two rings with one name", [["h", "{ hosts: [big] }, { tier: shared }", "{ name: first, hosts: [big] }, { name: first, tier: shared }"]], [
    `hosting.yaml:11:50  rollout.rings[1].name  the name "first" is taken by rings[0]; choose another  [distinct-rings]`,
  ]],
];

const canary: Case[] = [
  ["a share is fine", [policy("canary: { percent: 10 }")], []],
  ["nobody", [policy("canary: {}")], [
    "hosting.yaml:11:11  rollout.canary  the canary chooses no customers; give `percent` or `customers`, or remove it  [known-canary]",
  ]],
  ["share and customers", [policy("canary: { percent: 10, customers: [acme] }")], [
    "hosting.yaml:11:22  rollout.canary.percent  the canary has `percent` and `customers`; keep one of the two  [known-canary]",
  ]],
  ["misspelt customer", [policy("canary: { customers: [acem] }")], [
    `hosting.yaml:11:25  rollout.canary.customers[0]  there is no customer "acem"; did you mean \`acme\`?  [known-canary]`,
  ]],
  ["customer twice", [policy("canary: { customers: [acme, acme] }")], [
    "hosting.yaml:11:31  rollout.canary.customers[1]  acme is listed twice; remove one  [known-canary]",
  ]],
  ["dedicated customer", [policy("canary: { customers: [big] }")], [
    "hosting.yaml:11:25  rollout.canary.customers[0]  big has a host of its own, and nobody to go before there; put its host into the first of the `rings` instead  [known-canary]",
  ]],
  ["dedicated customer that the shared host still serves", [policy("canary: { customers: [big] }"), ["c", "phase: live", "phase: staged"]], []],
  ["customer with custom hostnames", [policy("canary: { customers: [acme, birch] }")], [], [
    "hosting.yaml:11:31  rollout.canary.customers[1]  only birch.example.com goes first: birch's custom hostnames follow with the rest (shop.example.net)  [canary-hostnames]",
  ]],
];

const budget: Case[] = [
  ["continue within one is fine", [policy("onFailure: continue\n  maxFailures: 1")], []],
  ["revert without failures is fine", [policy("onFailure: revert")], []],
  ["revert within a share is fine", [policy("onFailure: revert\n  maxFailures: 5%")], []],
  ["continue within none", [policy("onFailure: continue")], [
    "hosting.yaml:11:14  rollout.onFailure  `continue` needs `maxFailures` above 0, but it is 0; for example maxFailures: 2, or 5%  [failure-budget]",
  ]],
  ["continue within no share", [policy("onFailure: continue\n  maxFailures: 0%")], [
    "hosting.yaml:11:14  rollout.onFailure  `continue` needs `maxFailures` above 0, but it is 0%; for example maxFailures: 2, or 5%  [failure-budget]",
  ]],
  ["a budget with halt", [policy("maxFailures: 2")], [], [
    "hosting.yaml:11:16  rollout.maxFailures  `maxFailures` says nothing with `onFailure: halt`, which stops at the first failure; take `continue` or `revert`, or remove it  [meant-budget]",
  ]],
  ["all of a small fleet", [policy("onFailure: continue\n  maxFailures: 2")], [], [
    "hosting.yaml:12:16  rollout.maxFailures  with maxFailures 2, every host may fail before the run stops; for example 5%  [meant-budget]",
  ]],
  ["all of any fleet", [policy("onFailure: revert\n  maxFailures: 100%")], [], [
    "hosting.yaml:12:16  rollout.maxFailures  with maxFailures 100%, every host may fail before the run stops; for example 5%  [meant-budget]",
  ]],
];

const gates: Case[] = [
  ["no steadiness", [policy("gate: { steadySeconds: 0 }")], [], [
    "hosting.yaml:11:26  rollout.gate.steadySeconds  with 0, a release that dies a second after its first good answers is not noticed; 2 is the default  [steady-gate]",
  ]],
  ["steadiness without a question", [policy("gate: { steadySeconds: 2, intervalSeconds: 5 }")], [], [
    "hosting.yaml:11:26  rollout.gate.steadySeconds  2 s is shorter than the 5 s between two questions, so it is asked once; at least 10  [steady-gate]",
  ]],
  ["steadiness for half an hour", [policy("gate: { steadySeconds: 1800 }")], [], [
    "hosting.yaml:11:26  rollout.gate.steadySeconds  every host waits 1800 s with both releases in memory; to watch for longer, give the ring `bakeSeconds`  [steady-gate]",
  ]],
  ["worker is fine", [["h", "demo/app }", "demo/app, worker: {} }"]], []],
  ["worker that stops slowly", [["h", "demo/app }", "demo/app, worker: { stopSeconds: 1200 } }"]], [], [
    "hosting.yaml:9:69  app.worker.stopSeconds  each host's update may wait 1200 s for the worker; make jobs shorter, or let them be taken up again  [worker-stop]",
  ]],
];

describe.each(Object.entries({ rings, canary, budget, gates }))("%s", (_section, cases) => {
  it.each(cases)("%s", (_what, changes, faults, warnings = []) => {
    expect(faultLines(...changes)).toEqual(faults);
    expect(warningLines(...changes)).toEqual(warnings);
  });
});
