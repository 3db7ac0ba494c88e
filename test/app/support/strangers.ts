/**
 * Tries every path of the app as somebody who has no business there, and tells what gave anything away. Knows the app only
 * by its addresses, so that it can be played at one process, at a platform, or on both sides of a move.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Options } from "./ask.ts";

export interface World {
  /** `host`: a whole name. */
  ask(host: string, path: string, options?: Options): Promise<Answer>;
  /** Names of two customers, and a token of an admin of each. */
  ours: { host: string; token: string };
  theirs: { host: string; token: string };
  /** Whether `theirs` is hosted by the same app; otherwise its address leads to none. */
  neighbours: boolean;
}

/** In every text of ours. */
export const mark = "OnlyOursToKnow";
const owner = { email: "owner@ours.example", password: "password-of-ours" };
/** Streams are tried apart: they do not end. */
const streams = ["GET /events", "GET /events/socket"];

/** What is sent to each kind of route that takes something. */
const bodies: Record<string, object> = {
  "POST /api/users": { email: "thief@theirs.example", name: "Thief" },
  "PATCH /api/users/:id": { name: "Thief", role: "admin" },
  "POST /api/password": { current: owner.password, password: "password-of-thief" },
  "POST /api/tokens": { name: "thief", role: "admin" },
  "POST /api/orders": { reference: "T", items: [{ product: "p", quantity: 1, unitPrice: 1 }] },
  "PATCH /api/orders/:id": { status: "cancelled" },
  "POST /api/tickets": { subject: "Theirs" },
  "PATCH /api/tickets/:id": { subject: "Theirs" },
  "POST /api/jobs": { kind: "usage" },
  "POST /login": owner,
  "POST /logout": {},
};

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** What ours has: paths of one of each kind, by kind, and a cookie of somebody who is signed in. */
export interface Belongings { paths: Record<string, string>; session: string }

/** Gives ours something of each kind, through the app. */
export async function furnish({ ask, ours }: World): Promise<Belongings> {
  const headers = bearer(ours.token);
  const made: Record<string, Answer> = {
    users: await ask(ours.host, "/api/users", { headers, json: { ...owner, name: mark, role: "admin" } }),
    tokens: await ask(ours.host, "/api/tokens", { headers, json: { name: mark } }),
    orders: await ask(ours.host, "/api/orders", { headers, json: { reference: mark, items: [{ product: mark, quantity: 1, unitPrice: 1 }] } }),
    tickets: await ask(ours.host, "/api/tickets", { headers, json: { subject: mark, body: mark } }),
    uploads: await ask(ours.host, `/api/uploads?name=${mark}`, { headers, body: Buffer.from(mark) }),
    jobs: await ask(ours.host, "/api/jobs", { headers, json: { kind: "usage" } }),
  };
  const paths: Record<string, string> = {};
  for (const [kind, { status, headers, text }] of Object.entries(made)) {
    if (status !== 201 && status !== 202) throw new Error(`${kind}: ${status} ${text}`);
    paths[kind] = headers.location!;
  }
  return { paths, session: await signIn({ ask, ours }) };
}

/** A cookie of ours' owner. */
export async function signIn({ ask, ours }: Pick<World, "ask" | "ours">): Promise<string> {
  const login = await ask(ours.host, "/login", { json: owner });
  return /^[^;]+/.exec(login.headers["set-cookie"]![0]!)![0];
}

/** Everything that ours can read of itself, but for what only time changes. */
export async function ownView({ ask, ours }: World, { paths }: Belongings): Promise<string> {
  const seen: unknown[] = [];
  for (const kind of ["users", "tokens", "orders", "tickets", "uploads"]) {
    const { status, json } = await ask(ours.host, `/api/${kind}`, { headers: bearer(ours.token) });
    seen.push([kind, status, kind === "tokens" ? (json.items as { id: string; name: string }[]).map(({ id, name }) => [id, name]) : json]);
  }
  const file = await ask(ours.host, `${paths["uploads"]}/content`, { headers: bearer(ours.token) });
  return JSON.stringify([...seen, [file.status, file.text]]);
}

/** Tries them all. Resolves with how many requests were sent and what was wrong with the answers. */
export async function tryStrangers(world: World, { paths, session }: Belongings, routes: readonly string[]): Promise<{ tried: number; faults: string[] }> {
  const { ours, theirs, neighbours } = world;
  const strangers: [who: string, host: string, headers: Record<string, string>][] = [
    ["another customer at its own address", theirs.host, bearer(theirs.token)],
    ["another customer at our address", ours.host, bearer(theirs.token)],
    ["nobody at our address", ours.host, {}],
    ["our session at another address", theirs.host, { cookie: session }],
    ["our token at another address", theirs.host, bearer(ours.token)],
    ["an invented token", ours.host, bearer("etage_invented")],
  ];
  const faults: string[] = [];
  let tried = 0;
  for (const route of routes) {
    const [method, path] = route.split(" ") as [string, string];
    if (streams.includes(route) || path === "/login") continue;
    const kind = /^\/api\/(\w+)/.exec(path)?.[1] ?? "";
    const target = path.replace(/^\/api\/\w+\/:id/, paths[kind] ?? "").replace(/^\/api\/uploads$/, "/api/uploads?name=x").replace("/reports/slow", "/reports/slow?seconds=0");
    if (target.includes(":")) faults.push(`${route}: nobody knows what to ask for`);
    for (const [who, host, headers] of strangers) {
      const body = kind === "uploads" && method === "POST" ? { body: Buffer.from("x") } : bodies[route] ? { json: bodies[route] } : {};
      const answer = await world.ask(host, target, { method, headers, ...body });
      tried += 1;
      const wrong = faultOf(answer, { path, own: headers === strangers[0]![2], known: neighbours || host === ours.host });
      if (wrong) faults.push(`${route} for ${who}: ${wrong}`);
    }
  }
  return { tried, faults };
}

function faultOf({ status, text }: Answer, { path, own, known }: { path: string; own: boolean; known: boolean }): string | undefined {
  // The name of a customer stands on its sign-in page, for all to see.
  if (text.replaceAll(`<h1>${mark}</h1>`, "").replaceAll(`<title>${mark}</title>`, "").includes(mark)) return `tells ${text.slice(0, 200)}`;
  if (!path.startsWith("/api/")) return undefined;
  if (!known) return status === 404 ? undefined : `answers ${status} at an address that is nobody's`;
  if (own) return !path.includes(":id") || status === 404 ? undefined : `answers ${status} for what is not its own`;
  return status === 401 || status === 403 ? undefined : `answers ${status}`;
}

/** Nobody else is let in to listen. */
export async function tryStreams(world: World, { session }: Belongings): Promise<string[]> {
  const faults: string[] = [];
  const tries: [string, Record<string, string>][] = [[world.ours.host, bearer(world.theirs.token)], [world.ours.host, {}], [world.theirs.host, { cookie: session }], [world.theirs.host, bearer(world.ours.token)]];
  for (const [host, headers] of tries) {
    const answer = await Promise.race([world.ask(host, "/events", { headers }), sleep(5000)]);
    if (!answer || ![401, 404].includes(answer.status)) faults.push(`/events at ${host}: ${answer ? answer.status : "it is open"}`);
  }
  return faults;
}
