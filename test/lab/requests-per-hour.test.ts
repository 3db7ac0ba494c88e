/** The lab's request limit and what overrides it. */
import { expect, it } from "vitest";
import { hetznerRequestsPerHour } from "../../lab/requests-per-hour.ts";

it.each([[undefined, 36_000], ["", 36_000], ["3600", 3600]])("%j grants %i requests an hour", (given, expected) => {
  expect(hetznerRequestsPerHour(given)).toBe(expected);
});

it.each(["0", "-1", "1.5", "many"])("%j is refused by its variable's name", (given) => {
  expect(() => hetznerRequestsPerHour(given)).toThrow(`ETAGE_LAB_REQUESTS_PER_HOUR is "${given}"`);
});
