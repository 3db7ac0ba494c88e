import { describe, expect, it } from "vitest";
import { admissionRules } from "../../infra/firewall-plan.ts";

const summary = (edges?: string[]): string[] => admissionRules(edges).map((rule) => `${rule.protocol} ${rule.port ?? "-"} ${rule.sourceIps.join(" ")}`);

describe("admissionRules", () => {
  it("admits the web from Cloudflare only, in a stable order", () => {
    expect(summary(["2400:cb00::/32", "103.21.244.0/22"])).toEqual([
      "tcp 22 0.0.0.0/0 ::/0", "icmp - 0.0.0.0/0 ::/0", "tcp 80 103.21.244.0/22 2400:cb00::/32", "tcp 443 103.21.244.0/22 2400:cb00::/32",
    ]);
  });

  it("admits the web from anywhere when names don't lead through Cloudflare", () => {
    expect(summary()).toEqual(["tcp 22 0.0.0.0/0 ::/0", "icmp - 0.0.0.0/0 ::/0", "tcp 80 0.0.0.0/0 ::/0", "tcp 443 0.0.0.0/0 ::/0"]);
  });

  it("refuses to shut everybody out", () => {
    expect(() => admissionRules([])).toThrow("Cloudflare gave no address ranges; a firewall without any would admit no customer");
  });
});
