/** Images: the fixed ones of the catalogue. The lab makes no snapshots. */
import { actionRoutes } from "./action-routes.ts";
import { images, type Image } from "./catalog/catalog.ts";
import type { Cloud } from "./cloud.ts";
import { ApiError, notFound } from "./errors.ts";
import { list } from "./pagination.ts";
import { get, ok, post, put, remove, type Route } from "./routes.ts";

export function imageView(image: Image): object {
  return {
    ...image,
    status: "available",
    image_size: null,
    created_from: null,
    bound_to: null,
    rapid_deploy: true,
    protection: { delete: false },
    deprecated: null,
    deleted: null,
    labels: {},
  };
}

const byId = (id: number): Image => {
  const image = images.find((candidate) => candidate.id === id);
  if (!image) throw notFound("image", id);
  return image;
};

/** System and app images belong to the provider, not to the project. */
const notYours = (id: number): never => {
  throw new ApiError("forbidden", `image '${byId(id).name}' is provided by the system and can't be changed`);
};

export function imageRoutes(cloud: Cloud): Route[] {
  return [
    get("/images", (call) =>
      list(call, {
        key: "images",
        records: images,
        view: imageView,
        sortable: { id: (image) => image.id, name: (image) => image.name, created: (image) => image.created },
        filters: {
          name: (image) => image.name,
          type: (image) => image.type,
          status: () => "available",
          bound_to: () => "",
          architecture: (image) => image.architecture,
        },
        labels: () => ({}),
      }),
    ),
    get("/images/:id", (call) => ok({ image: imageView(byId(call.id)) })),
    put("/images/:id", (call) => notYours(call.id)),
    remove("/images/:id", (call) => notYours(call.id)),
    post("/images/:id/actions/change_protection", (call) => notYours(call.id)),
    ...actionRoutes(cloud, "/images", "image", (id) => images.some((image) => image.id === id)),
  ];
}
