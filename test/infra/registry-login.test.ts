import { expect, it } from "vitest";
import { registryLogin } from "../../infra/registry-login.ts";
import type { Hosting } from "../../model/schema.ts";

const login = { username: "ada", password: "env:ETAGE_TEST_REGISTRY_PASSWORD" };
const app = (image: string, registry: unknown = login) => ({ app: { image, registry } }) as unknown as Pick<Hosting, "app">;
const services = (postgres: string) => {
  const of = (image: string) => ({ image, memoryMegabytes: 64 });
  return { postgres: of(postgres), redis: of("redis:7"), proxy: of("basecamp/kamal-proxy:v0.9.2") };
};

it.each([
  ["registry.example.com:5000/epica/app", "registry.example.com:5000/epica/postgres:18-pgbackrest@sha256:01", "registry.example.com:5000"],
  ["registry.example.com/app", "registry.example.com/postgres:18-pgbackrest", "registry.example.com"],
  ["epica/app", "epica/postgres:18-pgbackrest", "docker.io"],
])("with an app at %s, %s is pulled from %s with its login", (image, postgres, address) => {
  expect(registryLogin(app(image), services(postgres), () => "secret")).toEqual({ address, username: "ada", password: "secret" });
});

it.each([
  ["registry.example.com/epica/app", "postgres:18", login],
  ["registry.example.com/epica/app", "other.example.com/epica/postgres:18", login],
  ["registry.example.com/epica/app", "registry.example.com/strangers/postgres:18", login],
  ["epica/app", "postgres:18", login],
  ["registry.example.com/epica/app", "registry.example.com/epica/postgres:18", undefined],
])("with an app at %s, %s needs no login, and nobody reads one", (image, postgres, registry) => {
  expect(registryLogin(app(image, registry ?? null), services(postgres), () => { throw new Error("read"); })).toBeUndefined();
});

it("reads the password where hosting.yaml says, and names the place when there is none", () => {
  const of = (password: unknown) => registryLogin(app("r.example.com/app", { username: "ada", password }), services("r.example.com/postgres:18"));
  expect(of({ command: ["printf", "s3cret\\n"] })?.password).toBe("s3cret");
  expect(() => of({ command: ["true"] })).toThrow("hosting.yaml: app.registry.password: the command true printed nothing");
  expect(() => of(login.password)).toThrow("hosting.yaml: app.registry.password: the variable ETAGE_TEST_REGISTRY_PASSWORD is not set");
});
