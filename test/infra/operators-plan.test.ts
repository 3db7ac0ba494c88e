import { expect, it } from "vitest";
import { operatorKeys } from "../../infra/operators-plan.ts";

const ayse = { name: "ayse", publicKey: "ssh-ed25519 AAAAayse ayse@desk" };

it("admits the listed operators and the key of this run, without comments", () => {
  expect(operatorKeys([ayse], "ssh-ed25519 AAAAown me@laptop\n")).toEqual([
    { name: "ayse", publicKey: "ssh-ed25519 AAAAayse" },
    { name: "environment", publicKey: "ssh-ed25519 AAAAown" },
  ]);
});

it("keeps a key once, under the name in hosting.yaml", () => {
  const listed = [ayse, { name: "ayse-2", publicKey: "ssh-ed25519 AAAAayse other comment" }];
  expect(operatorKeys(listed, "ssh-ed25519 AAAAayse")).toEqual([{ name: "ayse", publicKey: "ssh-ed25519 AAAAayse" }]);
});

it("admits nobody when nobody is named", () => {
  expect(operatorKeys([])).toEqual([]);
});
