import { describe, expect, it } from "vitest";
import { Connections } from "../../../deploy/remote/connections.ts";
import type { Runner } from "../../../deploy/remote/runner.ts";

class Line implements Runner {
  alive = true;
  readonly host: string;
  constructor(host: string) {
    this.host = host;
  }

  async run(): Promise<never> {
    throw new Error("not asked for here");
  }

  async close(): Promise<void> {
    this.alive = false;
  }
}

describe("connections", () => {
  const opened: Line[] = [];
  const make = () => {
    opened.length = 0;
    return new Connections(async (host) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const line = new Line(host);
      opened.push(line);
      return line;
    });
  };

  it("are one a host, whoever asks at the same time", async () => {
    const connections = make();
    const [first, second, other] = await Promise.all([connections.get("orion"), connections.get("orion"), connections.get("helmex")]);
    expect([first === second, other === first, opened.length]).toEqual([true, false, 2]);
    await connections.close();
    expect(opened.map(({ alive }) => alive)).toEqual([false, false]);
  });

  it("are made anew after they died, once", async () => {
    const connections = make();
    (await connections.get("orion")).close();
    const [first, second] = await Promise.all([connections.get("orion"), connections.get("orion")]);
    expect([first === second, first.alive, opened.length]).toEqual([true, true, 2]);
  });

  it("are tried again after a fault", async () => {
    let tries = 0;
    const connections = new Connections(async (host) => {
      tries += 1;
      if (tries === 1) throw new Error("no route");
      return new Line(host);
    });
    await expect(connections.get("orion")).rejects.toThrow("no route");
    expect((await connections.get("orion")).alive).toBe(true);
    await connections.close();
  });
});
