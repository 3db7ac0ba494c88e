/** Questions to the Docker engine over its socket: quicker than a process for each. */
import { request } from "node:http";
import { LabError } from "../commands/errors.ts";

const socketPath = (process.env.DOCKER_HOST ?? "").replace(/^unix:\/\//, "") || "/var/run/docker.sock";

export interface Container {
  id: string;
  name: string;
  /** running, paused, exited, … */
  state: string;
}

/** GET on the engine's API; rejects with a sentence when the engine does not answer. */
export function askDocker<T>(path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, headers: { host: "docker" } }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as T);
        else reject(new LabError(`The Docker engine answered ${response.statusCode} to ${path}: ${text.trim()}`));
      });
    });
    sent.on("error", (error: NodeJS.ErrnoException) =>
      reject(new LabError(`The Docker engine does not answer at ${socketPath} (${error.code}); bin/setup starts it.`)),
    );
    sent.end();
  });
}

/** All containers of lab `number`, stopped ones too. */
export async function containersOf(number: number): Promise<Container[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`etage.lab=${number}`] }));
  const found = await askDocker<{ Id: string; Names: string[]; State: string }[]>(`/containers/json?all=1&filters=${filters}`);
  return found.map((one) => ({ id: one.Id, name: one.Names[0]!.replace(/^\//, ""), state: one.State }));
}

/** Memory a container really needs, in bytes: without what is only cached and would go when asked for. */
export async function memoryOf(id: string): Promise<number> {
  interface Stats {
    memory_stats?: { usage?: number; stats?: { total_inactive_file?: number; inactive_file?: number } };
  }
  const { memory_stats } = await askDocker<Stats>(`/containers/${id}/stats?stream=false&one-shot=true`);
  const cached = memory_stats?.stats?.total_inactive_file ?? memory_stats?.stats?.inactive_file ?? 0;
  return Math.max(0, (memory_stats?.usage ?? 0) - cached);
}
