import { expect, it } from "vitest";
import { newPassword } from "../../infra/secrets.ts";

it("makes passwords that need no quoting", () => {
  expect(newPassword()).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(newPassword()).not.toBe(newPassword());
});
