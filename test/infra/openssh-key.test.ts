import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newKeyPair } from "../../infra/openssh-key.ts";

it("makes keys that OpenSSH reads and finds to fit their public halves", () => {
  const directory = mkdtempSync(join(tmpdir(), "host-key-"));
  try {
    // Many, since a key maker that slips does so once in a while (a leading zero byte, for one).
    for (let round = 0; round < 40; round++) {
      const { privateKey, publicKey } = newKeyPair("a".repeat(round % 9));
      writeFileSync(join(directory, "key"), privateKey, { mode: 0o600 });
      const derived = execFileSync("ssh-keygen", ["-y", "-f", join(directory, "key")], { encoding: "utf8" });
      expect(derived.trim().split(" ").slice(0, 2).join(" ")).toBe(publicKey);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it("writes lines of the length that ssh-keygen writes", () => {
  const lines = newKeyPair().privateKey.trimEnd().split("\n");
  expect(lines.slice(1, -2).every((line) => line.length === 70)).toBe(true);
});
