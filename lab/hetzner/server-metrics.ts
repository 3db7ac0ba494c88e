/** GET /servers/{id}/metrics: the shape of the real answer; the lab measures nothing, so every series is empty. */
import { invalid } from "./errors.ts";

const series: Record<string, string[]> = {
  cpu: ["cpu"],
  disk: ["disk.0.iops.read", "disk.0.iops.write", "disk.0.bandwidth.read", "disk.0.bandwidth.write"],
  network: ["network.0.pps.in", "network.0.pps.out", "network.0.bandwidth.in", "network.0.bandwidth.out"],
};
const mostSamples = 200;

export function metrics(query: URLSearchParams): object {
  const types = query.getAll("type").flatMap((text) => text.split(","));
  if (types.length === 0 || types.some((type) => !Object.hasOwn(series, type))) throw invalid("type", "is none of cpu, disk, network");
  const [start, end] = (["start", "end"] as const).map((name) => moment(query, name)) as [Date, Date];
  if (start >= end) throw invalid("end", "is not after start");
  const step = Number(query.get("step") ?? Math.max(1, Math.ceil((end.getTime() - start.getTime()) / 1000 / mostSamples)));
  if (!Number.isInteger(step) || step < 1) throw invalid("step", "is not a whole number of seconds");
  const names = types.flatMap((type) => series[type]!);
  return { start: start.toISOString(), end: end.toISOString(), step, time_series: Object.fromEntries(names.map((name) => [name, { values: [] }])) };
}

function moment(query: URLSearchParams, name: string): Date {
  const value = new Date(query.get(name) ?? "");
  if (Number.isNaN(value.getTime())) throw invalid(name, "is not an ISO-8601 time");
  return value;
}
