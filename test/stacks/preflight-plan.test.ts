import { describe, expect, it } from "vitest";
import { explainCloudflare, explainHetzner, missingTokens } from "../../stacks/preflight-plan.ts";

describe("missingTokens", () => {
  it("has nothing to say about two tokens", () => {
    expect(missingTokens({ hetzner: "h".repeat(64), cloudflare: "c".repeat(40) })).toEqual([]);
  });

  it("names every token that is not there, and how to get it", () => {
    expect(missingTokens({ hetzner: "", cloudflare: undefined }).map((fault) => fault.split(".")[0])).toEqual(["HCLOUD_TOKEN is not set", "CLOUDFLARE_API_TOKEN is not set"]);
  });

  it("sees a token that was cut off", () => {
    expect(missingTokens({ hetzner: "short", cloudflare: "c" })).toEqual(["HCLOUD_TOKEN has 5 characters; Hetzner's API tokens have 64. Copy it again from the Hetzner console"]);
  });
});

describe("explainHetzner", () => {
  it.each([
    ["unable to authenticate (unauthorized, 1f)", /^Hetzner Cloud \(http:\/\/h\) does not accept the token in HCLOUD_TOKEN\. .* Nothing was changed$/],
    ["dial tcp 127.0.0.1:1: connect: connection refused", /^Hetzner Cloud does not answer at http:\/\/h \(.*connection refused\)\. Check the network, and HCLOUD_ENDPOINT\./],
    ["location not found", /^Hetzner Cloud has no location fsn9; expected one of `hcloud location list`/],
    ["something else", /^Hetzner Cloud \(http:\/\/h\) refused to tell about location fsn9: something else\. Nothing was changed$/],
  ])("%s", (message, expected) => {
    expect(explainHetzner("fsn9", message, "http://h")).toMatch(expected);
  });
});

describe("explainCloudflare", () => {
  it.each([
    ["GET …: 403 Forbidden {\"code\":10000,\"message\":\"Authentication error\"}", /^Cloudflare \(http:\/\/c\) does not accept the token in CLOUDFLARE_API_TOKEN\./],
    ["dial tcp: connection refused", /^Cloudflare does not answer at http:\/\/c/],
    ["failed to find exactly one result", /^example\.com is no zone of the Cloudflare account that the token belongs to\./],
    ["something else", /^Cloudflare \(http:\/\/c\) refused to tell about zone example\.com: something else\./],
  ])("%s", (message, expected) => {
    expect(explainCloudflare("example.com", message, "http://c")).toMatch(expected);
  });
});
