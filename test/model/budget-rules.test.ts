/** Rules about `capacity` and `advise`. */
import { describe, expect, it } from "vitest";
import { type Change, faultLines } from "./files.ts";

describe("capacity and advise", () => {
  it.each<[what: string, changes: Change[], faults: string[]]>([
    ["a shared tier that is counted differently", [["h", "    serverType: cx33\n", "    serverType: cx33\n    capacity: { memoryMegabytes: 2560, cores: 0.5 }\n"]], []],
    ["capacity of a dedicated tier", [["h", "    serverType: cx23\n", "    serverType: cx23\n    capacity: { cores: 0.5 }\n"]], [
      'hosting.yaml:20:5  tiers.dedicated.capacity  `capacity` says what a customer of a shared host is counted with, but tier "dedicated" is dedicated; remove it  [shared-capacity]',
    ]],
    ["more than all of it", [["h", "capacity: { memoryPercent: 120 }\n"]], ["hosting.yaml:20:28  capacity.memoryPercent  expected a whole number, at most 100, found 120  [wrong-value]"]],
    ["a gap between down and up", [["h", "advise: { up: { users: 80 }, down: { users: 40 } }\n"]], []],
    ["down above up", [["h", "advise: { down: { users: 60, requestsPerDay: 200000 } }\n"]], [
      "hosting.yaml:20:26  advise.down.users  60 is more than advise.up.users (50): a customer in between should go both ways; lower it  [advice-bounds]",
      "hosting.yaml:20:46  advise.down.requestsPerDay  200000 is more than advise.up.requestsPerDay (100000): a customer in between should go both ways; lower it  [advice-bounds]",
    ]],
    ["common costs", [["h", "cost: { backup: 5, common: [{ name: monitoring, price: 10 }, { name: domain, price: 10, every: year }] }\n"]], []],
    ["a cost without a price", [["h", "cost: { common: [{ name: monitoring }] }\n"]], ["hosting.yaml:20:18  cost.common[0].price  `price` is missing; expected a number (what it costs, in the platform's currency)  [missing-key]"]],
  ])("%s", (_, changes, faults) => {
    expect(faultLines(...changes)).toEqual(faults);
  });
});
