import { describe, expect, it } from "vitest";
import { readSecret } from "../../deploy/secret.ts";

const where = "app.registry.password";

describe("a secret", () => {
  it.each([
    ["env:TOKEN", "s3cret"],
    [{ command: ["printf", "s3cret\\n"] }, "s3cret"],
    [{ command: ["printf", "%s", "two\nlines; $(not run)"] }, "two\nlines; $(not run)"],
  ])("comes from %j", async (reference, secret) => {
    expect(await readSecret(reference, where, { TOKEN: "s3cret" })).toBe(secret);
  });

  it.each([
    ["env:OTHER", "app.registry.password: the variable OTHER is not set"],
    [{ command: ["no-such-program"] }, "app.registry.password: the command no-such-program is not on the PATH"],
    [{ command: ["true"] }, "app.registry.password: the command true printed nothing"],
    [{ command: ["sh", "-c", "echo s3cret; echo not signed in >&2; exit 3"] }, "app.registry.password: the command sh failed\n  not signed in"],
  ])("that is not there says where to look: %j", async (reference, message) => {
    const fault = await readSecret(reference, where, {}).catch((error: Error) => error.message);
    expect(fault).toBe(message);
  });
});
