/**
 * Actions: the visible face of work that takes time. Work on the same resource runs in the order in which it was asked
 * for; work on different resources runs at once.
 */
import type { ActionRecord } from "./records.ts";
import type { Store } from "./store.ts";

export interface Resource {
  type: string;
  id: number;
}

export interface Job {
  command: string;
  /** What the action is listed under, and what the work waits its turn for. */
  resources: Resource[];
  work: () => Promise<void>;
  /** Sets the records right when the work failed. */
  failed?: () => void;
  /** Whether other changes to these servers and volumes are refused meanwhile; default true. */
  locks?: boolean;
}

export interface Actions {
  /** An action whose work was only a change of records: success at once. */
  done(command: string, resources: Resource[]): ActionRecord;
  /** Begins when the transaction under way is on disk; `running` until the work ended. */
  start(job: Job): ActionRecord;
  /** Work that no action shows, such as taking a deleted volume's file away. Failures are logged. */
  background(resources: Resource[], what: string, work: () => Promise<void>): void;
  /** Takes its turn with the actions on these resources and locks them meanwhile; rejects when the work does. */
  turn(resources: Resource[], work: () => Promise<void>): Promise<void>;
  busy(type: string, id: number): boolean;
  /** Resolves when all work has ended. */
  idle(): Promise<void>;
}

const keyOf = ({ type, id }: Resource) => `${type}:${id}`;
const now = () => new Date().toISOString();

export function openActions(store: Store, log: (message: string) => void): Actions {
  const tails = new Map<string, Promise<void>>();
  const locks = new Map<string, number>();

  function enqueue(resources: Resource[], work: () => Promise<void>): void {
    const keys = resources.map(keyOf);
    const mine: Promise<void> = Promise.all(keys.map((key) => tails.get(key)))
      .then(work)
      .catch((error: unknown) => log(`hetzner: ${String(error)}`))
      .then(() => {
        for (const key of keys) if (tails.get(key) === mine) tails.delete(key);
      });
    for (const key of keys) tails.set(key, mine);
  }

  function count(resources: Resource[], step: 1 | -1): void {
    for (const key of resources.map(keyOf)) {
      const value = (locks.get(key) ?? 0) + step;
      if (value > 0) locks.set(key, value);
      else locks.delete(key);
    }
  }

  const insert = (command: string, resources: Resource[], finished: string | null) =>
    store.insert("action", {
      command,
      status: finished ? "success" : "running",
      progress: finished ? 100 : 0,
      started: finished ?? now(),
      finished,
      error: null,
      resources,
    });

  async function run(id: number, { command, work, failed }: Job): Promise<void> {
    try {
      await work();
      store.change("action", id, { status: "success", progress: 100, finished: now() });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log(`hetzner: action ${id} (${command}) failed: ${message}`);
      store.transaction(() => {
        failed?.();
        store.change("action", id, { status: "error", progress: 100, finished: now(), error: { code: "action_failed", message } });
      });
    }
  }

  return {
    done: (command, resources) => insert(command, resources, now()),
    start(job) {
      const action = insert(job.command, job.resources, null);
      const held = job.locks === false ? [] : job.resources.filter(({ type }) => type === "server" || type === "volume");
      store.afterCommit(() => {
        count(held, 1);
        enqueue(job.resources, () => run(action.id, job).finally(() => count(held, -1)));
      });
      return action;
    },
    background: (resources, what, work) =>
      store.afterCommit(() =>
        enqueue(resources, () => work().catch((error: unknown) => log(`hetzner: ${what} failed: ${error instanceof Error ? error.message : String(error)}`))),
      ),
    turn: (resources, work) =>
      new Promise((resolve, reject) => {
        count(resources, 1);
        enqueue(resources, () => work().then(resolve, reject).finally(() => count(resources, -1)));
      }),
    busy: (type, id) => locks.has(keyOf({ type, id })),
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values());
    },
  };
}
