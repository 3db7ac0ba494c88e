/** A session over all routes; every request and answer is checked against Hetzner's own OpenAPI document. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestCloud, type TestCloud } from "./cloud.ts";
import { exceptions, readOpenApi } from "./openapi.ts";
import { session } from "./session.ts";

/** Resources of the document that the lab answers for. */
const ours = /^\w+ \/(actions|servers|server_types|images|isos|locations|pricing|ssh_keys|networks|firewalls|primary_ips|volumes|placement_groups)(\/|$)/;

const openApi = readOpenApi();
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await openTestCloud();
});
afterAll(() => cloud.hetzner.close());

it("answers every route as the document says", async (context) => {
  if (!openApi) return context.skip("../shared/conformance/hcloud-openapi.json is not at hand");
  const faults: string[] = [];
  const succeeded = new Set<string>();
  const refused = new Set<string>();

  await session(async (method, path, body, expected = "success") => {
    const operation = openApi.operationOf(method, path);
    const reply = await cloud.call(method, path, body);
    await cloud.hetzner.idle();
    const isSuccess = reply.status < 400;
    if (isSuccess !== (expected === "success")) faults.push(`${method} ${path} answered ${reply.status} ${JSON.stringify(reply.body)}`);
    if (!operation) {
      faults.push(`${method} ${path} is not in the document`);
      return reply.body;
    }
    (isSuccess ? succeeded : refused).add(operation);
    if (isSuccess && body !== undefined) faults.push(...openApi.checkRequest(operation, body));
    faults.push(...openApi.checkResponse(operation, reply.status, reply.body));
    if (!isSuccess && !("details" in reply.body.error)) faults.push(`${method} ${path}: no details in the error`);
    return reply.body;
  });

  expect(faults).toEqual([]);
  const wanted = openApi.operations.filter((operation) => ours.test(operation));
  const missed = wanted.filter((operation) => !succeeded.has(operation));
  console.log(
    `${wanted.length - missed.length} of ${wanted.length} documented operations answered with success.\n` +
      `Only refused, as not possible in the lab: ${missed.filter((operation) => refused.has(operation)).join(", ")}\n` +
      `Not called: ${missed.filter((operation) => !refused.has(operation)).join(", ") || "none"}\n` +
      `Exceptions to the document: ${Object.keys(exceptions).join("; ")}`,
  );
  expect((wanted.length - missed.length) / wanted.length).toBeGreaterThan(0.9);
  expect(missed.filter((operation) => !refused.has(operation))).toEqual([]);
});
