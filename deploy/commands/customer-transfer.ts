import { exitCode } from "../errors.ts";
import { hostOfCustomer } from "../restore/facts.ts";
import { holdSession } from "../restore/session.ts";
import { exportWork, importWork } from "../restore/transfer.ts";
import type { Handler } from "./verb.ts";

export const customerExport: Handler = async (context, args) => {
  const slug = String(args.slug);
  const work = exportWork(context, slug, String(args.out));
  const { ok } = await holdSession(context, { verb: "customer export", subject: slug, host: hostOfCustomer(context, slug), at: null, plan: null, wait: Number(args.wait) }, work);
  return ok ? exitCode.ok : exitCode.failed;
};

export const customerImport: Handler = async (context, args) => {
  const slug = String(args.as);
  const work = importWork(context, String(args.file), slug);
  const { ok } = await holdSession(context, { verb: "customer import", subject: slug, host: hostOfCustomer(context, slug), at: null, plan: null, wait: Number(args.wait) }, work);
  return ok ? exitCode.ok : exitCode.failed;
};
