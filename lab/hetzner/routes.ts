/** What a route is. Handlers are synchronous and atomic: they check everything, write records, and leave real work to actions. */

export interface Call {
  /** The resource's id, when the path has one. */
  id: number;
  /** The second id of paths such as /servers/{id}/actions/{action_id}. */
  actionId: number;
  query: URLSearchParams;
  body: unknown;
  /** Address of the request without its query, for Link headers. */
  address: string;
}

export interface Answer {
  status: number;
  body?: object;
  headers?: Record<string, string>;
}

export type Handler = (call: Call) => Answer;

export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  handle: Handler;
  /** Runs before `handle`, outside of its transaction: looks at the real machines. */
  prepare?: (call: Call) => Promise<void>;
}

export const get = (path: string, handle: Handler): Route => ({ method: "GET", path, handle });
export const post = (path: string, handle: Handler): Route => ({ method: "POST", path, handle });
export const put = (path: string, handle: Handler): Route => ({ method: "PUT", path, handle });
export const remove = (path: string, handle: Handler): Route => ({ method: "DELETE", path, handle });

export const ok = (body: object): Answer => ({ status: 200, body });
export const created = (body: object): Answer => ({ status: 201, body });
export const gone: Answer = { status: 204 };
