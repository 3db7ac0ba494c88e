/** What a host's proxy counted, read from what a real one printed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSamples } from "../../../deploy/host/prometheus.ts";
import { parseTraffic, readTraffic } from "../../../deploy/host/traffic.ts";
import { readable } from "../../../deploy/remote/shell.ts";

/** kamal-proxy 0.9.2 after five good answers of `app` (one took 5 s), one 500, one POST to `canary`, one 404 for nobody's name. */
const sample = readFileSync(join(import.meta.dirname, "../../fixtures/traffic.txt"), "utf8");

it("is asked for in one command", () => {
  expect(readable(readTraffic(["app-v1", "app-v2"]))).toBe("'<traffic>' proxy 9090 app-v1 app-v2");
});

describe("a reading", () => {
  const traffic = parseTraffic(sample);
  it("counts each service by itself, and nobody's names not at all", () => {
    expect([...traffic.services].map(([name, { requests, errors, inFlight }]) => [name, requests, errors, inFlight])).toEqual([["app", 7, 1, 0], ["canary", 1, 0, 0]]);
  });
  it("has the response times of what was no error", () => {
    expect(traffic.services.get("app")!.times).toEqual([[0.005, 1], [0.01, 2], [0.025, 4], [0.05, 4], [0.1, 5], [0.25, 5], [0.5, 5], [1, 5], [2.5, 5], [5, 5], [10, 6], [Number.POSITIVE_INFINITY, 6]]);
  });
  it("knows the containers, without the proxy's own", () => {
    expect(traffic.containers).toEqual([{ name: "app-v1", status: "running", restarts: 0 }, { name: "app-v2", status: "running", restarts: 0 }]);
  });
  it("knows when it was taken, and since when the proxy counts", () => {
    expect(traffic.at - traffic.proxySince!).toBeGreaterThan(0);
    expect(new Date(traffic.proxySince! * 1000).getUTCFullYear()).toBe(2026);
  });
  it("of a proxy that tells nothing has the containers only", () => {
    expect(parseTraffic("at 100.5\ncontainer /app-v1 restarting 3 \n")).toEqual({ at: 100.5, proxySince: null, services: new Map(), containers: [{ name: "app-v1", status: "restarting", restarts: 3 }] });
  });
  it("leaves WebSockets out of the response times: they last as long as somebody looks", () => {
    const text = `kamal_proxy_http_requests_total{method="GET",service="app",status="101"} 2\nkamal_proxy_http_request_duration_seconds_bucket{method="GET",service="app",status="101",le="+Inf"} 2\n`;
    expect(parseTraffic(text).services.get("app")).toMatchObject({ requests: 2, errors: 0, times: [] });
  });
});

describe("Prometheus' text", () => {
  it.each([
    ["up 1", [{ name: "up", labels: {}, value: 1 }]],
    ["up 1 1395066363000", [{ name: "up", labels: {}, value: 1 }]],
    ['a_b:c{x="1",y="two words"} 1.5e-3', [{ name: "a_b:c", labels: { x: "1", y: "two words" }, value: 0.0015 }]],
    [String.raw`path{x="C:\\DIR\"}\n"} 2`, [{ name: "path", labels: { x: 'C:\\DIR"}\n' }, value: 2 }]],
    ['x{le="+Inf",} +Inf', [{ name: "x", labels: { le: "+Inf" }, value: Number.POSITIVE_INFINITY }]],
    ["x -Inf\ny NaN\r\nz 3", [{ name: "x", labels: {}, value: Number.NEGATIVE_INFINITY }, { name: "z", labels: {}, value: 3 }]],
    ["# HELP up 1\n# TYPE up gauge\n\nup{cut=", []],
  ])("is read: %s", (text, samples) => {
    expect(parseSamples(text)).toEqual(samples);
  });

  it("keeps whatever a label holds", () => {
    const escaped = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
    fc.assert(fc.property(fc.string().filter((text) => !/[\r\u2028\u2029]/.test(text)), fc.integer(), (label, value) => {
      expect(parseSamples(`x{l="${escaped(label)}"} ${value}`)).toEqual([{ name: "x", labels: { l: label }, value }]);
    }));
  });
});
