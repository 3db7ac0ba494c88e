/** Who still comes to a host that a customer has left, by the proxy's own log. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseLatecomers, readLatecomers } from "../../../deploy/host/latecomers.ts";
import { render } from "../../../deploy/remote/shell.ts";

const line = (service: string, from: string): string => JSON.stringify({ time: "2026-11-22T10:43:35Z", level: "INFO", msg: "Request", host: "acme.example.com", service, target: "app:3000", client_addr: from, client_port: "46193" });

/** With a `docker` that prints these lines. */
function read(lines: readonly string[]): ReturnType<typeof parseLatecomers> {
  const folder = mkdtempSync(join(tmpdir(), "etage-latecomers-"));
  try {
    writeFileSync(join(folder, "docker"), `#!/bin/sh\n[ "$*" = "logs --since 30s proxy" ] || exit 2\ncat <<'END'\n${lines.join("\n")}\nEND\n`);
    chmodSync(join(folder, "docker"), 0o755);
    return parseLatecomers(execFileSync("sh", ["-c", render(readLatecomers("acme", 30))], { encoding: "utf8", env: { PATH: `${folder}:${process.env.PATH}` } }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.each<[what: string, lines: string[], expected: ReturnType<typeof read>]>([
  ["nobody", [], { requests: 0, from: null }],
  ["others, and what is said of other things", [line("app", "10.0.0.1"), line("move-acme-two", "10.0.0.2"), `{"msg":"Deployed","service":"app"}`], { requests: 0, from: null }],
  ["requests and streams", [line("move-acme", "10.0.0.1"), line("app", "10.0.0.9"), line("streams-acme", "2001:db8::1")], { requests: 2, from: "2001:db8::1" }],
])("%s", (_what, lines, expected) => expect(read(lines)).toEqual(expected));

it("takes nothing for an answer that is none", () => {
  expect(() => parseLatecomers("")).toThrow("no count of requests");
});
