/** PostgreSQL with pgBackRest: what it is called, built on and made with. */
import { expect, it } from "vitest";
import { buildImageCommand, isOwn, planImages, tryImageCommand } from "../../../deploy/backup/image.ts";
import { parseRepository } from "../../../deploy/registry/reference.ts";
import type { Hosting } from "../../../model/schema.ts";

const platform = (image: string, tiers: Record<string, string | undefined> = {}) => ({
  services: { postgres: { image, memoryMegabytes: 512 } },
  tiers: Object.fromEntries(Object.entries(tiers).map(([name, own]) => [name, { services: own === undefined ? {} : { postgres: { image: own } } }])),
}) as unknown as Pick<Hosting, "services" | "tiers">;

it.each([
  ["postgres:18", "registry.example.com/epica/app", "registry.example.com/epica/postgres:18-pgbackrest"],
  ["postgres:18-alpine", "registry.example.com:5000/app", "registry.example.com:5000/postgres:18-alpine-pgbackrest"],
  ["ghcr.io/team/pg/postgis:17.2", "ghcr.io/epica/shop/app", "ghcr.io/epica/shop/postgis:17.2-pgbackrest"],
  ["postgres@sha256:0123456789abcdef0123", "registry.example.com/epica/app", "registry.example.com/epica/postgres:0123456789ab-pgbackrest"],
  ["postgres:18@sha256:0123456789abcdef0123", "epica/app", "docker.io/epica/postgres:18-pgbackrest"],
  // Made before: the same name again, so that a new build takes its place.
  ["registry.example.com/epica/postgres:18-pgbackrest@sha256:0123", "registry.example.com/epica/app", "registry.example.com/epica/postgres:18-pgbackrest"],
])("%s beside %s is %s", (image, app, tag) => {
  expect(planImages(platform(image), parseRepository(app))).toEqual([{ named: image, keys: ["services.postgres.image"], tag }]);
});

it("is made once for all keys that name the same, and once for each other", () => {
  const plans = planImages(platform("postgres:18", { shared: undefined, old: "postgres:17", same: "postgres:18" }), parseRepository("registry.example.com/epica/app"));
  expect(plans.map(({ named, keys }) => [named, keys])).toEqual([
    ["postgres:18", ["services.postgres.image", "tiers.same.services.postgres.image"]], ["postgres:17", ["tiers.old.services.postgres.image"]],
  ]);
});

it("knows its own", () => {
  expect(["postgres:18", "registry.example.com/epica/postgres:18-pgbackrest@sha256:01", "postgres@sha256:01"].map((named) => isOwn({ named }))).toEqual([false, true, false]);
});

it("says in the image what it was built on, and tries it without a network", () => {
  expect(buildImageCommand("own", "postgres:18").slice(0, -1)).toEqual(["docker", "build", "--network", "host", "--tag", "own", "--build-arg", "POSTGRES=postgres:18", "--label", "org.opencontainers.image.base.name=postgres:18"]);
  expect(tryImageCommand("own").join(" ")).toMatch(/^docker run --rm --network none --user postgres .*initdb .*stanza-create\npgbackrest version$/s);
});
